import type { AlertGroup } from './alert.ts';
import { perPod, pod } from './pod-labels.ts';

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
      summary: `${pod} refuses {{ $value | humanizePercentage }} of its statsd lines.`,
      description: 'Lines or samples that cannot be read, or whose name is in use as another type. They are lost.',
    },
    {
      name: 'MetricsSidecarStatsdUnmapped',
      severity: 'info',
      for: '30m',
      expression: `${perPod('rate(statsd_exporter_events_unmapped_total[10m])')}\n  / ${perPod('rate(statsd_exporter_events_total[10m])')} > 0.5\nand ${perPod('statsd_exporter_loaded_mappings')} > 0`,
      summary: `{{ $value | humanizePercentage }} of the statsd events of ${pod} match no rule of its mapping.`,
      description: 'They are served under their statsd names.',
    },
    {
      name: 'MetricsSidecarStatsdMappingRefused',
      severity: 'warning',
      for: '15m',
      expression: 'min by (cluster, namespace, pod) (statsd_exporter_config_last_reload_successful) == 0',
      summary: `${pod} does not use its current mapping file.`,
      description:
        'The file is wrong or missing. The previous version stays in use; where there was none, events are served under their statsd names.',
    },
    {
      name: 'MetricsSidecarStatsdPacketsLost',
      severity: 'warning',
      for: '15m',
      expression: `${perPod('rate(statsd_exporter_udp_packet_drops_total[10m])')} > 0`,
      summary: `${pod} loses {{ printf "%.2g" $value }} statsd packets a second.`,
      description:
        'The kernel drops them because the sidecar does not read them fast enough: it lacks CPU, or receives too many.',
    },
  ],
};
