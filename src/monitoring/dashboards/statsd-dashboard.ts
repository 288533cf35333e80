import { chosen, type Dashboard, graph, noneIsGood, number, rate } from './dashboard.ts';
import { sidecarRow } from './sidecar-row.ts';

const sum = (metric: string, matchers?: string) => `sum(${rate(metric, matchers)})`;
/** The reasons that refuse a whole line; the others refuse a sample. */
const lineReasons = 'reason=~"malformed_line|not_enough_parts_after_colon|invalid_extended_aggregate_type"';
const errors = `(${sum('statsd_exporter_sample_errors_total')} + ${sum('statsd_exporter_events_error_total')})`;
const share = [
  ['green', 0],
  ['orange', 0.01],
  ['red', 0.05],
] as const;

export const statsdDashboard: Dashboard = {
  name: 'metrics-sidecar-statsd',
  title: 'metrics-sidecar / statsd',
  description: 'Statsd lines of applications, their metrics, and lines that are lost or refused.',
  podMetric: 'statsd_exporter_lines_total',
  rows: [
    {
      title: 'Now',
      panels: [
        number('Pods', 'Pods with statsd.', 'none', `count(${chosen('statsd_exporter_lines_total')})`),
        number('Lines', 'Lines per second.', 'ops', sum('statsd_exporter_lines_total')),
        number(
          'Errors per line',
          'Refused lines and samples, divided by all lines.',
          'percentunit',
          `${errors} / ${sum('statsd_exporter_lines_total')}`,
          { thresholds: share },
        ),
        number(
          'Events without a mapping',
          'The share of events that match no rule of the mapping; 100 % where there is no mapping.',
          'percentunit',
          `${sum('statsd_exporter_events_unmapped_total')} / ${sum('statsd_exporter_events_total')}`,
        ),
        number(
          'UDP packets lost',
          'Datagrams that the kernel dropped because the buffer was full, in the time shown.',
          'short',
          `sum(increase(${chosen('statsd_exporter_udp_packet_drops_total')}[$__range]))`,
          { thresholds: noneIsGood },
        ),
        number(
          'Rules loaded',
          'Rules of the mapping, of the pod that has the most.',
          'none',
          `max(${chosen('statsd_exporter_loaded_mappings')})`,
        ),
        number(
          'Mappings refused',
          'Pods whose mapping file is wrong or missing; they use the previous version, or none.',
          'none',
          `count(${chosen('statsd_exporter_config_last_reload_successful')} == 0) or vector(0)`,
          { thresholds: noneIsGood },
        ),
      ],
    },
    {
      title: 'Traffic',
      panels: [
        graph(
          'Lines by outcome',
          'An accepted line can have refused samples.',
          'ops',
          [
            ['accepted', sum('statsd_exporter_lines_accepted_total')],
            ['refused', sum('statsd_exporter_sample_errors_total', lineReasons)],
            ['empty', sum('statsd_exporter_lines_empty_total')],
          ],
          { stacked: true },
        ),
        graph(
          'Events by type',
          'Accepted samples; observer stands for timers, histograms and distributions.',
          'ops',
          [['{{type}}', `sum by (type) (${rate('statsd_exporter_events_total')})`]],
          { stacked: true },
        ),
        graph('Packets and connections', 'Packets and connections that brought the lines.', 'ops', [
          ['UDP packets', sum('statsd_exporter_udp_packets_total')],
          ['TCP connections', sum('statsd_exporter_tcp_connections_total')],
        ]),
        graph('Busiest pods', 'Lines per second.', 'ops', [
          [
            '{{namespace}}/{{pod}}',
            `topk(10, sum by (cluster, namespace, pod) (${rate('statsd_exporter_lines_total')}))`,
          ],
        ]),
        graph('DogStatsD tags', 'Samples with tags, and tags that were ignored.', 'ops', [
          ['with tags', sum('statsd_exporter_tags_total')],
          ['bad tags', sum('statsd_exporter_tag_errors_total')],
        ]),
        graph(
          'Lines known by heart',
          'The share of lines that equal an earlier line apart from the value; these cost least.',
          'percentunit',
          [['known', `${sum('statsd_exporter_line_cache_hits_total')} / ${sum('statsd_exporter_lines_total')}`]],
          { max: 1 },
        ),
      ],
    },
    {
      title: 'Refused and lost',
      panels: [
        graph(
          'Refused by reason',
          'Refused lines, samples and events; reasons that end in limit are limits of the page.',
          'ops',
          [
            ['{{reason}}', `sum by (reason) (${rate('statsd_exporter_sample_errors_total')})`],
            ['{{reason}}', `sum by (reason) (${rate('statsd_exporter_events_error_total')})`],
          ],
          { stacked: true },
        ),
        graph(
          'Conflicting names',
          'Samples whose name belongs to another family of the page: one name sent as two types.',
          'ops',
          [
            [
              '{{metric_name}} as {{type}}',
              `topk(10, sum by (metric_name, type) (${rate('statsd_exporter_events_conflict_total')}))`,
            ],
          ],
        ),
        graph('Lost on the way', 'Packets and connections that were lost before they became lines.', 'ops', [
          ['UDP packets dropped by the kernel', sum('statsd_exporter_udp_packet_drops_total')],
          ['UDP errors', sum('statsd_exporter_udp_errors_total')],
          ['TCP connections refused', sum('statsd_exporter_tcp_connections_refused_total')],
          ['TCP errors', sum('statsd_exporter_tcp_connection_errors_total')],
          ['TCP lines too long', sum('statsd_exporter_tcp_too_long_lines_total')],
        ]),
      ],
    },
    {
      title: 'What is held',
      panels: [
        graph(
          'Metrics by type',
          'Different metric names.',
          'short',
          [['{{type}}', `sum by (type) (${chosen('statsd_exporter_metrics_total')})`]],
          { stacked: true, width: 12 },
        ),
        graph(
          'Lines known',
          'Different lines apart from their values. Names or tags with ids in them make this number grow without end.',
          'short',
          [
            [
              '{{namespace}}/{{pod}}',
              `topk(10, max by (cluster, namespace, pod) (${chosen('statsd_exporter_line_cache_length')}))`,
            ],
          ],
          { width: 12 },
        ),
      ],
    },
    sidecarRow,
  ],
};
