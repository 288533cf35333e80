import { portShare } from '../promql/ephemeral-ports.ts';
import { type AlertGroup, grew } from './alert.ts';

const perPod = (expression: string) => `sum by (namespace, pod) (${expression})`;
const pod = '{{ $labels.namespace }}/{{ $labels.pod }}';

export const statsdAlerts: AlertGroup = {
  name: 'metrics-sidecar-statsd',
  alerts: [
    {
      name: 'MetricsSidecarStatsdErrors',
      severity: 'warning',
      for: '15m',
      expression: `${perPod(
        'rate(statsd_exporter_sample_errors_total[10m]) or rate(statsd_exporter_events_error_total[10m]) or rate(statsd_exporter_events_conflict_total[10m])',
      )}\n  / ${perPod('rate(statsd_exporter_lines_total[10m])')} > 0.05`,
      summary: `${pod} refuses {{ $value | humanizePercentage }} of what it is sent by statsd.`,
      description: 'Lines or samples that cannot be read, or whose name is in use as another type. They are lost.',
    },
    {
      name: 'MetricsSidecarStatsdUnmapped',
      severity: 'info',
      for: '30m',
      expression: `${perPod('rate(statsd_exporter_events_unmapped_total[10m])')}\n  / ${perPod('rate(statsd_exporter_events_total[10m])')} > 0.5\nand ${perPod('statsd_exporter_loaded_mappings')} > 0`,
      summary: `The mapping of ${pod} fits only few events: {{ $value | humanizePercentage }} have no rule.`,
      description: 'They are served under their statsd names.',
    },
    {
      name: 'MetricsSidecarStatsdMappingRefused',
      severity: 'warning',
      for: '15m',
      expression: 'min by (namespace, pod) (statsd_exporter_config_last_reload_successful) == 0',
      summary: `${pod} does not use the mapping file that is there.`,
      description:
        'The file is wrong or missing. The version before stays in use, or none: then events are served under their statsd names.',
    },
    {
      name: 'MetricsSidecarStatsdPacketsLost',
      severity: 'warning',
      for: '15m',
      expression: `${perPod('rate(statsd_exporter_udp_packet_drops_total[10m])')} > 0`,
      summary: `${pod} loses {{ printf "%.2g" $value }} statsd packets a second.`,
      description:
        'The kernel drops them because the sidecar does not read them fast enough: it lacks CPU, or is sent too much.',
    },
  ],
};

export const ingestAlerts: AlertGroup = {
  name: 'metrics-sidecar-ingest',
  alerts: [
    {
      name: 'MetricsSidecarIngestRefused',
      severity: 'warning',
      for: '15m',
      expression: `${perPod('rate(ingest_pushes_total{outcome="rejected"}[10m])')}\n  / ${perPod('rate(ingest_pushes_total[10m])')} > 0.05`,
      summary: `${pod} refuses {{ $value | humanizePercentage }} of the pushes.`,
      description: 'A push is taken whole or not at all. The answer says what is wrong and where.',
    },
    {
      name: 'MetricsSidecarIngestSharedIdentity',
      severity: 'warning',
      for: '5m',
      expression: `${perPod(grew('ingest_identity_conflicts_total', '30m'))} > 0`,
      summary: `Two processes push to ${pod} under one name.`,
      description:
        'Each looks like the restart of the other, so their counters rise too fast. The log of the sidecar has the name.',
    },
  ],
};

const unknownDestination =
  'The counters know no destination: spread over several, the connections are no problem, and one destination can be full' +
  ' without this alert, most of all in a pod that accepts many.';

export const portMonitorAlerts: AlertGroup = {
  name: 'metrics-sidecar-port-monitor',
  alerts: [
    {
      name: 'MetricsSidecarPortsHalfUsed',
      severity: 'info',
      for: '10m',
      expression: `max by (namespace, pod) (${portShare('')}) > 0.5`,
      summary: `${pod} has as many connections as {{ $value | humanizePercentage }} of its local ports, all destinations together.`,
      description: `If most lead to one destination, connecting to it takes milliseconds instead of microseconds. ${unknownDestination}`,
    },
    {
      name: 'MetricsSidecarPortsNearlyUsed',
      severity: 'info',
      for: '5m',
      expression: `max by (namespace, pod) (${portShare('')}) > 0.9`,
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

export const haproxyAlerts: AlertGroup = {
  name: 'metrics-sidecar-haproxy',
  alerts: [
    {
      name: 'MetricsSidecarHaproxyPageMissing',
      severity: 'warning',
      for: '10m',
      expression: 'max by (namespace, pod) (haproxy_sidecar_up) == 0',
      summary: `HAProxy's metrics are missing from the page of ${pod}.`,
      description: 'HAProxy does not run or does not answer; then requests do not get through either.',
    },
    {
      name: 'MetricsSidecarHaproxyConnectionErrors',
      severity: 'warning',
      for: '10m',
      expression: `sum by (namespace, pod, proxy) (rate(haproxy_backend_connection_errors_total[5m]))\n  / sum by (namespace, pod, proxy) (rate(haproxy_backend_http_requests_total[5m])) > 0.05`,
      summary: `HAProxy in ${pod} cannot connect to {{ $labels.proxy }} for {{ $value | humanizePercentage }} of requests.`,
      description:
        'The application (app, route:…) or the upstream (upstream:…) does not take connections; clients get 503.',
    },
    {
      name: 'MetricsSidecarHaproxyNearlyFull',
      severity: 'warning',
      for: '10m',
      expression:
        'max by (namespace, pod, proxy) (haproxy_frontend_current_sessions{proxy!="metrics"} / haproxy_frontend_limit_sessions) > 0.8',
      summary: `HAProxy in ${pod} has {{ $value | humanizePercentage }} of the connections that {{ $labels.proxy }} may have.`,
      description: 'At 100 % clients wait to be accepted.',
    },
  ],
};
