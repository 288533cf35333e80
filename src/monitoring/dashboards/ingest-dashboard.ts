import { chosen, type Dashboard, graph, noneIsGood, number, quantile, rate } from './dashboard.ts';
import { sidecarRow } from './sidecar-row.ts';

const pushes = (matchers?: string) => `sum(${rate('ingest_pushes_total', matchers)})`;

export const ingestDashboard: Dashboard = {
  name: 'metrics-sidecar-ingest',
  title: 'metrics-sidecar / ingest',
  description: 'Pushes of the processes of applications, the processes, and refused pushes.',
  podMetric: 'ingest_clients',
  rows: [
    {
      title: 'Now',
      panels: [
        number(
          'Processes that push',
          'Clients that pushed within the client TTL.',
          'none',
          `sum(${chosen('ingest_clients', 'state="live"')})`,
        ),
        number('Pushes', 'Pushes per second.', 'reqps', pushes()),
        number(
          'Refused',
          'The share of pushes that were refused.',
          'percentunit',
          `(${pushes('outcome="rejected"')} or vector(0)) / ${pushes()}`,
          {
            thresholds: [
              ['green', 0],
              ['orange', 0.01],
              ['red', 0.05],
            ],
          },
        ),
        number(
          'Oldest last push',
          'Time since the last push, of the pod that has waited longest.',
          's',
          `time() - min(${chosen('ingest_last_successful_push_timestamp_seconds')})`,
        ),
        number(
          'Shared identities',
          'Times, in the time shown, that two processes must have pushed under one name: their numbers are wrong.',
          'short',
          `sum(increase(${chosen('ingest_identity_conflicts_total')}[$__range])) or vector(0)`,
          { thresholds: noneIsGood },
        ),
        number('Series', 'Series that are exported.', 'short', `sum(${chosen('ingest_series')})`),
      ],
    },
    {
      title: 'Pushes',
      panels: [
        graph(
          'Pushes by outcome',
          'A push is accepted or refused as a whole.',
          'reqps',
          [['{{outcome}}', `sum by (outcome) (${rate('ingest_pushes_total')})`]],
          { stacked: true },
        ),
        graph(
          'Refused by reason',
          'Refused pushes by reason; the answer to the client names the problem and its place.',
          'reqps',
          [['{{reason}}', `sum by (reason) (${rate('ingest_pushes_total', 'outcome="rejected"')})`]],
          { stacked: true },
        ),
        graph(
          'Problems in refused pushes',
          'Problems of samples; one push can have many.',
          'ops',
          [['{{reason}}', `sum by (reason) (${rate('ingest_samples_rejected_total')})`]],
          { stacked: true },
        ),
        graph('Time to answer', 'From the last byte of a push to its answer.', 's', [
          ['p99', quantile(0.99, 'ingest_push_duration_seconds')],
          ['p50', quantile(0.5, 'ingest_push_duration_seconds')],
        ]),
        graph('Size of pushes', 'Bodies as they were received.', 'bytes', [
          ['p99', quantile(0.99, 'ingest_push_size_bytes')],
          ['p50', quantile(0.5, 'ingest_push_size_bytes')],
        ]),
        graph('Pushes by route', 'Pushes by interface, and their samples.', 'ops', [
          ['{{route}}', `sum by (route) (${rate('ingest_pushes_total')})`],
          ['samples', `sum(${rate('ingest_samples_total')})`],
        ]),
      ],
    },
    {
      title: 'Processes',
      panels: [
        graph(
          'Processes alive',
          'Live processes, and expired ones whose counters are remembered.',
          'short',
          [['{{state}}', `sum by (state) (${chosen('ingest_clients')})`]],
          { stacked: true },
        ),
        graph('Coming and going', 'Clients that sent nothing for the client TTL, and those that came back.', 'ops', [
          ['expired', `sum(${rate('ingest_clients_expired_total')})`],
          ['revived', `sum(${rate('ingest_clients_revived_total')})`],
        ]),
        graph('Restarts', 'Series that a client restarted; the exported counter goes on.', 'ops', [
          ['{{cause}}', `sum by (cause) (${rate('ingest_counter_resets_total')})`],
          ['older than the sidecar', `sum(${rate('ingest_cold_start_baselines_total')})`],
        ]),
      ],
    },
    {
      title: 'What is held',
      panels: [
        graph(
          'Series by kind',
          'Exported series by kind: counters, histograms, summaries, or combined gauges.',
          'short',
          [['{{kind}}', `sum by (kind) (${chosen('ingest_series')})`]],
          { stacked: true },
        ),
        graph('Numbers held', 'Numbers of all clients of a pod; --ingest.value-limit is their limit.', 'short', [
          ['{{namespace}}/{{pod}}', `topk(10, max by (cluster, namespace, pod) (${chosen('ingest_values')}))`],
        ]),
        graph('Disagreements', 'Processes that disagree about a metric.', 'ops', [
          ['identity', `sum(${rate('ingest_identity_conflicts_total')})`],
          ['aggregation', `sum(${rate('ingest_aggregate_conflicts_total')})`],
          ['help', `sum(${rate('ingest_help_conflicts_total')})`],
          ['bounds', `sum(${rate('ingest_histogram_layout_conflicts_total')})`],
        ]),
      ],
    },
    sidecarRow,
  ],
};
