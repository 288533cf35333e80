import type { AlertGroup } from './alert.ts';
import { pod } from './pod-labels.ts';

export const haproxyAlerts: AlertGroup = {
  name: 'metrics-sidecar-haproxy',
  alerts: [
    {
      name: 'MetricsSidecarHaproxyPageMissing',
      severity: 'warning',
      for: '10m',
      expression: 'max by (cluster, namespace, pod) (haproxy_sidecar_up) == 0',
      summary: `HAProxy's metrics are missing from the page of ${pod}.`,
      description: 'HAProxy does not run or does not answer; then requests do not get through either.',
    },
    {
      name: 'MetricsSidecarHaproxyConnectionErrors',
      severity: 'warning',
      for: '10m',
      expression: `sum by (cluster, namespace, pod, proxy) (rate(haproxy_backend_connection_errors_total[5m]))\n  / sum by (cluster, namespace, pod, proxy) (rate(haproxy_backend_http_requests_total[5m])) > 0.05`,
      summary: `HAProxy in ${pod} cannot connect to {{ $labels.proxy }} for {{ $value | humanizePercentage }} of requests.`,
      description:
        'The application (app, route:…) or the upstream (upstream:…) does not accept connections; clients get 503.',
    },
    {
      name: 'MetricsSidecarHaproxyNearlyFull',
      severity: 'warning',
      for: '10m',
      expression:
        'max by (cluster, namespace, pod, proxy) (haproxy_frontend_current_sessions{proxy!="metrics"} / haproxy_frontend_limit_sessions) > 0.8',
      summary: `HAProxy in ${pod} uses {{ $value | humanizePercentage }} of the connections that {{ $labels.proxy }} may open.`,
      description: 'At 100 % clients wait to be accepted.',
    },
  ],
};
