import { chosen, type Dashboard, graph, number, oneIsGood, rate, type Threshold } from './dashboard.ts';
import { sidecarRow } from './sidecar-row.ts';

/** HAProxy's metrics page is a frontend too; its scrapes are not counted. */
const served = 'proxy!="metrics"';
const responses = (matchers = '') => `sum(${rate('haproxy_frontend_http_responses_total', `${served}${matchers}`)})`;
const byBackend = (metric: string) => `sum by (proxy) (${rate(metric)})`;
const slowest = (metric: string) => `topk(10, max by (proxy) (${chosen(metric)}))`;
const share: readonly Threshold[] = [
  ['green', 0],
  ['orange', 0.01],
  ['red', 0.05],
];
const fill: readonly Threshold[] = [
  ['green', 0],
  ['orange', 0.7],
  ['red', 0.9],
];

export const haproxyDashboard: Dashboard = {
  name: 'metrics-sidecar-haproxy',
  title: 'metrics-sidecar / haproxy',
  description:
    'Requests through the HAProxy in front of applications and their upstreams: number, outcome, duration, queues.',
  podMetric: 'haproxy_sidecar_up',
  rows: [
    {
      title: 'Now',
      panels: [
        number(
          'HAProxy answers',
          'Whether the sidecar could read the page of every HAProxy.',
          'bool_yes_no',
          `min(${chosen('haproxy_sidecar_up')})`,
          {
            thresholds: oneIsGood,
          },
        ),
        number(
          'Requests',
          'Requests per second, inbound and to upstreams.',
          'reqps',
          `sum(${rate('haproxy_frontend_http_requests_total', served)})`,
        ),
        number('5xx', 'Share of all responses.', 'percentunit', `${responses(', code="5xx"')} / ${responses()}`, {
          thresholds: share,
        }),
        number(
          'Slowest average',
          'Response time of the slowest backend, over its last 1024 requests.',
          's',
          `max(${chosen('haproxy_backend_response_time_average_seconds')})`,
        ),
        number(
          'Waiting',
          'Requests in the queues of all backends.',
          'short',
          `sum(${chosen('haproxy_backend_current_queue')})`,
          {
            thresholds: [
              ['green', 0],
              ['orange', 1],
            ],
          },
        ),
        number(
          'Connections, of the most',
          'Share of maxconn, of the fullest frontend.',
          'percentunit',
          `max(${chosen('haproxy_frontend_current_sessions', served)} / ${chosen('haproxy_frontend_limit_sessions', served)})`,
          {
            thresholds: fill,
          },
        ),
      ],
    },
    {
      title: 'Requests',
      panels: [
        graph(
          'Responses by code',
          'Inbound and upstreams together.',
          'reqps',
          [['{{code}}', `sum by (code) (${rate('haproxy_frontend_http_responses_total', served)})`]],
          { stacked: true },
        ),
        graph(
          'Requests by backend',
          'app serves requests that match no route; route:… are the routes, upstream:… the upstreams.',
          'reqps',
          [['{{proxy}}', `topk(20, ${byBackend('haproxy_backend_http_requests_total')})`]],
        ),
        graph(
          '5xx by backend',
          'Share of its responses.',
          'percentunit',
          [
            [
              '{{proxy}}',
              `sum by (proxy) (${rate('haproxy_backend_http_responses_total', 'code="5xx"')}) / ${byBackend('haproxy_backend_http_responses_total')}`,
            ],
          ],
          { thresholds: share },
        ),
      ],
    },
    {
      title: 'Time',
      panels: [
        graph(
          'Response time',
          'Average over the last 1024 requests of each backend: from the connection to the first byte.',
          's',
          [['{{proxy}}', slowest('haproxy_backend_response_time_average_seconds')]],
        ),
        graph(
          'Whole request',
          'Average over the last 1024 requests of each backend, from the first byte of the request to the last of the response.',
          's',
          [['{{proxy}}', slowest('haproxy_backend_total_time_average_seconds')]],
        ),
        graph('Longest response', 'The longest since HAProxy started.', 's', [
          ['{{proxy}}', slowest('haproxy_backend_max_response_time_seconds')],
        ]),
        graph('Connecting', 'Average time to connect, over the last 1024 requests.', 's', [
          ['{{proxy}}', slowest('haproxy_backend_connect_time_average_seconds')],
        ]),
        graph('Waiting in the queue', 'Average over the last 1024 requests.', 's', [
          ['{{proxy}}', slowest('haproxy_backend_queue_time_average_seconds')],
        ]),
        graph('Requests in the queue', 'Requests that wait for a free connection.', 'short', [
          ['{{proxy}}', slowest('haproxy_backend_current_queue')],
        ]),
      ],
    },
    {
      title: 'What fails',
      panels: [
        graph('Connections that failed', 'The application or the upstream did not accept the connection.', 'ops', [
          ['{{proxy}}', byBackend('haproxy_backend_connection_errors_total')],
        ]),
        graph('Retries', 'Connections that were tried again.', 'ops', [
          ['{{proxy}}', byBackend('haproxy_backend_retry_warnings_total')],
        ]),
        graph('Given up', 'Requests aborted by the client, by the server, by HAProxy.', 'ops', [
          ['client {{proxy}}', byBackend('haproxy_backend_client_aborts_total')],
          ['server {{proxy}}', byBackend('haproxy_backend_server_aborts_total')],
          ['bad response {{proxy}}', byBackend('haproxy_backend_response_errors_total')],
        ]),
        graph('Bad requests', 'Requests that HAProxy could not read, or refused.', 'ops', [
          ['not HTTP {{proxy}}', `sum by (proxy) (${rate('haproxy_frontend_request_errors_total', served)})`],
          ['refused {{proxy}}', `sum by (proxy) (${rate('haproxy_frontend_requests_denied_total', served)})`],
        ]),
        graph(
          'Backends up',
          'The share of pods in which HAProxy considers the backend up.',
          'percentunit',
          [['{{proxy}}', `avg by (proxy) (${chosen('haproxy_backend_status', 'state="UP"')})`]],
          { max: 1 },
        ),
        graph('Names that did not resolve', 'Answers of DNS that HAProxy could not use, for its upstreams.', 'ops', [
          ['failed', `sum(${rate('haproxy_process_failed_resolutions')})`],
        ]),
      ],
    },
    {
      title: 'HAProxy itself',
      panels: [
        graph(
          'Connections by frontend',
          'Share of maxconn.',
          'percentunit',
          [
            [
              '{{proxy}}',
              `max by (proxy) (${chosen('haproxy_frontend_current_sessions', served)} / ${chosen('haproxy_frontend_limit_sessions', served)})`,
            ],
          ],
          { thresholds: fill, max: 1 },
        ),
        graph(
          'Idle',
          'The share of time in which HAProxy is idle, of the busiest pods.',
          'short',
          [
            [
              '{{namespace}}/{{pod}}',
              `bottomk(10, min by (cluster, namespace, pod) (${chosen('haproxy_process_idle_time_percent')}))`,
            ],
          ],
          { max: 100 },
        ),
        graph('Getting its page', 'Time to read the page of HAProxy, of the slowest pods.', 's', [
          [
            '{{namespace}}/{{pod}}',
            `topk(10, max by (cluster, namespace, pod) (${chosen('haproxy_sidecar_duration_seconds')}))`,
          ],
        ]),
      ],
    },
    sidecarRow,
  ],
};
