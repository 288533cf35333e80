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
    'The admission webhook: whether pods that ask get their sidecar, how fast, and whether its certificates and its state of the cluster are current.',
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
          'Days until the serving certificate expires; of the replica whose certificate expires first.',
          'd',
          `(min(${own('certificate_expiry_timestamp_seconds')}) - time()) / 86400`,
          { thresholds: days },
        ),
        number(
          'Authority',
          'Days until the authority expires.',
          'd',
          `(min(${own('authority_expiry_timestamp_seconds')}) - time()) / 86400`,
          { thresholds: days },
        ),
        number(
          'caBundle fits',
          'Whether every caBundle verifies the certificate of every replica.',
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
          'Pods that the API server admitted without the webhook, in the time shown. Needs the metrics of the API server.',
          'short',
          `sum(increase(apiserver_admission_webhook_fail_open_count{cluster=~"$cluster", name=~"${entries}"}[$__range])) or vector(0)`,
          { thresholds: someIsBad },
        ),
        number(
          'Pods injected',
          'Pods in the time shown, without dry runs.',
          'short',
          `sum(increase(${own('requests_total', `${pods}, outcome="injected"`)}[$__range]))`,
        ),
        number(
          'Pods not injected',
          'Pods that asked and were invalid, skipped or denied, in the time shown.',
          'short',
          refused,
          { thresholds: noneIsGood },
        ),
        number('Reviews', 'Reviews per second, dry runs included.', 'reqps', `sum(${ownRate('requests_total')})`),
        number(
          'p99',
          'From the last byte of a review to its answer.',
          's',
          `max(${quantile(0.99, `${prefix}request_duration_seconds`, 'path')})`,
        ),
        number(
          'Pods with a sidecar',
          'Pods whose sidecar Prometheus scrapes, in all namespaces.',
          'none',
          'count(count by (cluster, namespace, pod) (metrics_sidecar_build_info{cluster=~"$cluster"}))',
        ),
        number(
          'Versions',
          'Different versions of the sidecar in use; pods get the new one when they are created again.',
          'none',
          'count(count by (version) (metrics_sidecar_build_info{cluster=~"$cluster"}))',
        ),
      ],
    },
    {
      title: 'Reviews',
      panels: [
        graph(
          'Pods by outcome',
          'Reviews of pods by outcome, without dry runs.',
          'reqps',
          [['{{outcome}}', `sum by (outcome) (${ownRate('requests_total', pods)})`]],
          { stacked: true },
        ),
        graph(
          'Reasons',
          'Reasons by code; docs/reasons.md explains each.',
          'ops',
          [['{{code}}', `topk(15, sum by (code) (${ownRate('reasons_total')}))`]],
          { stacked: true },
        ),
        graph('Sidecars by kind', 'Pods that got the kind.', 'ops', [
          ['{{kind}}', `sum by (kind) (${ownRate('injections_total')})`],
        ]),
        graph(
          'Reviews by object',
          'Pods, Services and linted workloads, dry runs included.',
          'reqps',
          [['{{path}} {{kind}}', `sum by (path, kind) (${ownRate('requests_total')})`]],
          { stacked: true },
        ),
        graph('Warnings', 'Warnings in the answers, which the creator of the object sees.', 'ops', [
          ['warnings', `sum(${ownRate('warnings_total')})`],
        ]),
        graph(
          'Events',
          'Events for the owners of pods, by outcome.',
          'ops',
          [['{{outcome}}', `sum by (outcome) (${ownRate('events_total')})`]],
          { stacked: true },
        ),
      ],
    },
    {
      title: 'Time',
      panels: [
        graph('In the webhook', 'From the last byte of a review to its answer.', 's', [
          ['p99 {{path}}', quantile(0.99, `${prefix}request_duration_seconds`, 'path')],
          ['p50 {{path}}', quantile(0.5, `${prefix}request_duration_seconds`, 'path')],
        ]),
        graph('As the API server sees it', 'p99, network and TLS included. Needs the metrics of the API server.', 's', [
          [
            '{{name}}',
            `histogram_quantile(0.99, sum by (name, le) (rate(apiserver_admission_webhook_admission_duration_seconds_bucket{cluster=~"$cluster", name=~"${entries}"}[$__rate_interval])))`,
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
          'Connections that failed before a request; a caBundle that does not verify the certificate shows here.',
          'ops',
          [['{{pod}}', `sum by (pod) (${ownRate('tls_handshake_errors_total')})`]],
        ),
        graph(
          'Requests that were no review',
          'Requests by code: too large, incomplete, too slow, or not from an API server.',
          'ops',
          [['{{code}}', `sum by (code) (${ownRate('refused_requests_total')})`]],
        ),
        graph(
          'Failed in the API server',
          'Calls that failed open, and calls that refused the object, by error. Needs the metrics of the API server.',
          'ops',
          [
            [
              'failed open: {{name}}',
              `sum by (name) (rate(apiserver_admission_webhook_fail_open_count{cluster=~"$cluster", name=~"${entries}"}[$__rate_interval]))`,
            ],
            [
              '{{error_type}}: {{name}}',
              `sum by (name, error_type) (rate(apiserver_admission_webhook_rejection_count{cluster=~"$cluster", name=~"${entries}"}[$__rate_interval]))`,
            ],
          ],
        ),
      ],
    },
    {
      title: 'What it knows',
      panels: [
        graph(
          'Age of what is known of the cluster',
          'Time since the API server last confirmed the state of the cluster.',
          's',
          [['{{resource}}', `time() - min by (resource) (${own('cluster_last_contact_timestamp_seconds')})`]],
        ),
        graph(
          'Complete',
          'Whether the webhook has read the whole state of the cluster.',
          'bool_yes_no',
          [['{{resource}}', `min by (resource) (${own('cluster_synced')})`]],
          { max: 1 },
        ),
        graph(
          'Files in use',
          'Whether the current version of the file is in use, or an older one.',
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
          'CPU seconds per second.',
          'short',
          [['{{pod}}', `sum by (pod) (${ownRate('process_cpu_seconds_total')})`]],
          { width: 6 },
        ),
        graph(
          'Event loop busy',
          'Share of the time in which the event loop is busy.',
          'percentunit',
          [['{{pod}}', `sum by (pod) (${ownRate('nodejs_eventloop_active_seconds_total')})`]],
          { width: 6, max: 1 },
        ),
        graph(
          'Sidecars by version',
          'Sidecars in all namespaces.',
          'short',
          [['{{version}}', 'count by (version) (metrics_sidecar_build_info{cluster=~"$cluster"})']],
          { width: 6, stacked: true },
        ),
      ],
    },
  ],
};
