import { scrapeJob } from '../../contract/monitoring.ts';
import { metricsPortName } from '../../contract/names.ts';
import { receivesNothing } from '../promql/receives-nothing.ts';
import type { AlertGroup } from './alert.ts';

/** Targets by style of discovery: our own job, a PodMonitor, the annotation job (which copies the labels of pods). */
const targets = [`job="${scrapeJob}"`, `endpoint="${metricsPortName}"`, 'metrics_sidecar_io_injected="true"'];

export const sidecarAlerts: AlertGroup = {
  name: 'metrics-sidecar-sidecars',
  alerts: [
    {
      name: 'MetricsSidecarTargetDown',
      severity: 'warning',
      for: '15m',
      expression: `max by (cluster, namespace, pod, job) (${targets.map((target) => `up{${target}}`).join(' or ')}) == 0`,
      summary: 'Prometheus cannot scrape the injected pod {{ $labels.namespace }}/{{ $labels.pod }}.',
      description:
        'Its sidecar does not run or does not answer, or a NetworkPolicy blocks Prometheus. Its metrics have a gap.',
    },
    {
      name: 'MetricsSidecarSeriesLimit',
      severity: 'warning',
      for: '15m',
      expression: 'max by (cluster, namespace, pod) (metrics_sidecar_series / metrics_sidecar_series_limit) > 0.9',
      summary: 'The page of {{ $labels.namespace }}/{{ $labels.pod }} is {{ $value | humanizePercentage }} full.',
      description: 'At 100 % new series are refused. The usual cause is a label or a name with ids in it.',
    },
    {
      name: 'MetricsSidecarSeriesRefused',
      severity: 'warning',
      for: '15m',
      expression: 'sum by (cluster, namespace, pod, reason) (rate(metrics_sidecar_refused_total[10m])) > 0',
      summary: 'The page of {{ $labels.namespace }}/{{ $labels.pod }} refuses series ({{ $labels.reason }}).',
      description:
        'They would make the page invalid, or exceed a limit; all others are served. The landing page of the sidecar names them.',
    },
    {
      name: 'MetricsSidecarAppPageMissing',
      severity: 'warning',
      for: '15m',
      expression: 'max by (cluster, namespace, pod) (metrics_sidecar_app_up) == 0',
      summary: "The application's own metrics are missing from the page of {{ $labels.namespace }}/{{ $labels.pod }}.",
      description:
        'The sidecar serves them with its own (merge-app-metrics) and cannot read them. The target is up nevertheless.',
    },
    {
      name: 'MetricsSidecarReceivesNothing',
      severity: 'info',
      for: '15m',
      expression: receivesNothing((metric) => metric),
      summary:
        'The {{ $labels.kind }} sidecar of {{ $labels.namespace }}/{{ $labels.pod }} has received nothing since it started.',
      description:
        'It started more than an hour ago. The usual cause is an application that sends to another address or port, or that sends nothing.',
    },
  ],
};
