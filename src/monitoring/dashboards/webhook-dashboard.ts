import { entries } from '../promql/webhook-entries.ts';
import {
  chosen,
  type Dashboard,
  graph,
  noneIsGood,
  number,
  oneIsGood,
  quantile,
  rate,
  someIsBad,
  type Threshold,
} from './dashboard.ts';

const prefix = 'metrics_sidecar_webhook_';
const own = (metric: string, matchers?: string) => chosen(prefix + metric, matchers);
const ownRate = (metric: string, matchers?: string) => rate(prefix + metric, matchers);
const pods = 'path="mutate", kind="Pod", dry_run="false"';
const refused = `sum(increase(${own('requests_total', `${pods}, outcome=~"invalid|skipped|denied"`)}[$__range])) or vector(0)`;

const days: readonly Threshold[] = [
  ['red', 0],
  ['orange', 7],
  ['green', 14],
];

export const webhookDashboard: Dashboard = {
  name: 'metrics-sidecar-injector',
  title: 'metrics-sidecar / injector',
  description:
    'The admission webhook: whether pods that ask get their sidecar, how fast, and whether certificates and what is known of the cluster are fresh.',
  podMetric: `${prefix}build_info`,
  rows: [
    {
      title: 'Now',
      panels: [
        number('Replicas ready', 'Replicas of the webhook that are ready.', 'none', `sum(${own('ready')})`, {
          thresholds: oneIsGood,
        }),
        number(
          'Certificate',
          'Days that the serving certificate is valid yet, of the replica whose ends first.',
          'd',
          `(min(${own('certificate_expiry_timestamp_seconds')}) - time()) / 86400`,
          { thresholds: days },
        ),
        number(
          'Authority',
          'Days that the authority is valid yet.',
          'd',
          `(min(${own('authority_expiry_timestamp_seconds')}) - time()) / 86400`,
          { thresholds: days },
        ),
        number(
          'caBundle fits',
          'Whether every caBundle verifies what every replica serves.',
          'bool_yes_no',
          `min(${own('ca_bundle_synced')})`,
          { thresholds: oneIsGood },
        ),
        number(
          'Pods missed',
          'Running pods that ask for a sidecar and were created without the webhook being asked.',
          'none',
          `max(${own('missed_pods')})`,
          { thresholds: noneIsGood },
        ),
        number(
          'Calls failed open',
          'As the API server counts them: pods that were admitted without the webhook, in the time shown. Needs its metrics.',
          'short',
          `sum(increase(apiserver_admission_webhook_fail_open_count{name=~"${entries}"}[$__range])) or vector(0)`,
          { thresholds: someIsBad },
        ),
        number(
          'Pods injected',
          'In the time shown; dry runs not counted.',
          'short',
          `sum(increase(${own('requests_total', `${pods}, outcome="injected"`)}[$__range]))`,
        ),
        number(
          'Pods not injected',
          'Pods that asked and were wrong, skipped or refused, in the time shown.',
          'short',
          refused,
          { thresholds: noneIsGood },
        ),
        number('Reviews', 'In a second, dry runs too.', 'reqps', `sum(${ownRate('requests_total')})`),
        number(
          'p99',
          'From the whole body of a review to its written answer.',
          's',
          `max(${quantile(0.99, `${prefix}request_duration_seconds`, 'path')})`,
        ),
        number(
          'Pods with a sidecar',
          'Pods whose sidecar Prometheus scrapes, in all namespaces.',
          'none',
          'count(count by (namespace, pod) (metrics_sidecar_build_info))',
        ),
        number(
          'Versions',
          'Different versions of the sidecar in use; pods get the new one when they are created anew.',
          'none',
          'count(count by (version) (metrics_sidecar_build_info))',
        ),
      ],
    },
    {
      title: 'Reviews',
      panels: [
        graph(
          'Pods by outcome',
          'What became of pods; dry runs not counted.',
          'reqps',
          [['{{outcome}}', `sum by (outcome) (${ownRate('requests_total', pods)})`]],
          { stacked: true },
        ),
        graph(
          'Reasons',
          'Why, by code: docs/reasons.md explains each.',
          'ops',
          [['{{code}}', `topk(15, sum by (code) (${ownRate('reasons_total')}))`]],
          { stacked: true },
        ),
        graph('Sidecars by kind', 'Pods that were given the kind.', 'ops', [
          ['{{kind}}', `sum by (kind) (${ownRate('injections_total')})`],
        ]),
        graph(
          'Reviews by object',
          'Pods, Services, workloads that were linted; dry runs too.',
          'reqps',
          [['{{path}} {{kind}}', `sum by (path, kind) (${ownRate('requests_total')})`]],
          { stacked: true },
        ),
        graph('Warnings', 'Sent to whoever made the object.', 'ops', [
          ['warnings', `sum(${ownRate('warnings_total')})`],
        ]),
        graph(
          'Events',
          'For the owners of pods, by what became of them.',
          'ops',
          [['{{outcome}}', `sum by (outcome) (${ownRate('events_total')})`]],
          { stacked: true },
        ),
      ],
    },
    {
      title: 'Time',
      panels: [
        graph('In the webhook', 'From the whole body of a review to its written answer.', 's', [
          ['p99 {{path}}', quantile(0.99, `${prefix}request_duration_seconds`, 'path')],
          ['p50 {{path}}', quantile(0.5, `${prefix}request_duration_seconds`, 'path')],
        ]),
        graph('As the API server sees it', 'p99 with network and TLS. Needs its metrics.', 's', [
          [
            '{{name}}',
            `histogram_quantile(0.99, sum by (name, le) (rate(apiserver_admission_webhook_admission_duration_seconds_bucket{name=~"${entries}"}[$__rate_interval])))`,
          ],
        ]),
        graph('At a time', 'Reviews being read or answered.', 'short', [
          ['in flight', `sum(${own('in_flight_requests')})`],
        ]),
      ],
    },
    {
      title: 'What fails',
      panels: [
        graph(
          'TLS handshakes',
          'Connections that failed before a request; a caBundle that does not fit shows here.',
          'ops',
          [['{{pod}}', `sum by (pod) (${ownRate('tls_handshake_errors_total')})`]],
        ),
        graph(
          'Requests that were no review',
          'By code: too large, cut off, too slow, or not from an API server.',
          'ops',
          [['{{code}}', `sum by (code) (${ownRate('refused_requests_total')})`]],
        ),
        graph(
          'Failed in the API server',
          'Calls that failed open, and calls that refused the object, by why. Needs its metrics.',
          'ops',
          [
            [
              'failed open: {{name}}',
              `sum by (name) (rate(apiserver_admission_webhook_fail_open_count{name=~"${entries}"}[$__rate_interval]))`,
            ],
            [
              '{{error_type}}: {{name}}',
              `sum by (name, error_type) (rate(apiserver_admission_webhook_rejection_count{name=~"${entries}"}[$__rate_interval]))`,
            ],
          ],
        ),
      ],
    },
    {
      title: 'What it knows',
      panels: [
        graph('Age of what is known of the cluster', 'Since the API server last confirmed it.', 's', [
          ['{{resource}}', `time() - min by (resource) (${own('cluster_last_contact_timestamp_seconds')})`],
        ]),
        graph(
          'Complete',
          'Whether what is known of the cluster was ever complete.',
          'bool_yes_no',
          [['{{resource}}', `min by (resource) (${own('cluster_synced')})`]],
          { max: 1 },
        ),
        graph(
          'Files in use',
          'Whether what the file holds now is in use, or an older version of it.',
          'bool_yes_no',
          [['{{what}}', `min by (what) (${own('last_reload_successful')})`]],
          { max: 1 },
        ),
        graph('Certificates issued', 'By any replica, in the last hour.', 'short', [
          ['{{what}}', `sum by (what) (increase(${own('rotations_total')}[1h]))`],
        ]),
        graph('Reloads', 'Changed files that were read again, in the last hour.', 'short', [
          ['{{what}} {{outcome}}', `sum by (what, outcome) (increase(${own('reloads_total')}[1h]))`],
        ]),
        graph(
          'Pods missed over time',
          'Running pods that ask for a sidecar and were created without the webhook being asked.',
          'short',
          [['missed', `max(${own('missed_pods')})`]],
        ),
      ],
    },
    {
      title: 'Replicas and sidecars',
      panels: [
        graph(
          'Memory',
          'Resident memory of each replica.',
          'bytes',
          [['{{pod}}', `max by (pod) (${own('process_resident_memory_bytes')})`]],
          { width: 6 },
        ),
        graph(
          'CPU',
          'CPU seconds in a second.',
          'short',
          [['{{pod}}', `sum by (pod) (${ownRate('process_cpu_seconds_total')})`]],
          { width: 6 },
        ),
        graph(
          'Event loop busy',
          'Share of the time.',
          'percentunit',
          [['{{pod}}', `sum by (pod) (${ownRate('nodejs_eventloop_active_seconds_total')})`]],
          { width: 6, max: 1 },
        ),
        graph(
          'Sidecars by version',
          'In all namespaces.',
          'short',
          [['{{version}}', 'count by (version) (metrics_sidecar_build_info)']],
          { width: 6, stacked: true },
        ),
      ],
    },
  ],
};
