import { portShare } from '../promql/ephemeral-ports.ts';
import type { AlertGroup } from './alert.ts';
import { perPod, pod } from './pod-labels.ts';

const unknownDestination =
  'The counters know no destination: connections to several destinations are no problem, and one destination can be full without this alert, above all in a pod that accepts many connections.';

export const portMonitorAlerts: AlertGroup = {
  name: 'metrics-sidecar-port-monitor',
  alerts: [
    {
      name: 'MetricsSidecarPortsHalfUsed',
      severity: 'info',
      for: '10m',
      expression: `max by (cluster, namespace, pod) (${portShare('')}) > 0.5`,
      summary: `${pod} has as many connections as {{ $value | humanizePercentage }} of its local ports, all destinations together.`,
      description: `If most lead to one destination, connecting to it takes milliseconds instead of microseconds. ${unknownDestination}`,
    },
    {
      name: 'MetricsSidecarPortsNearlyUsed',
      severity: 'info',
      for: '5m',
      expression: `max by (cluster, namespace, pod) (${portShare('')}) > 0.9`,
      summary: `${pod} has as many connections as {{ $value | humanizePercentage }} of its local ports, all destinations together.`,
      description: `If most lead to one destination, the next ones to it fail (EADDRNOTAVAIL). ${unknownDestination}`,
    },
    {
      name: 'MetricsSidecarListenOverflows',
      severity: 'warning',
      for: '10m',
      expression: `${perPod('rate(port_monitor_listen_overflows_total[5m])')} > 0`,
      summary: `A listener in ${pod} loses {{ printf "%.2g" $value }} connections a second.`,
      description:
        'Its accept queue is full: the application does not accept fast enough, or its backlog is too short.',
    },
  ],
};
