import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { eventually } from './eventually.ts';
import { apply, must, pods } from './kubectl.ts';
import { query, targets } from './prometheus.ts';

const namespace = 'examples';
const examples = join(import.meta.dirname, '../../examples');

interface Example {
  readonly workload: string;
  readonly app: string;
  /** What the README says to look for. */
  readonly series: readonly string[];
  /** Requests to the Service, for what only counts when it is asked. */
  readonly request?: string;
}

const served: Readonly<Record<string, Example>> = {
  'statsd-app.yaml': {
    workload: 'deployment/statsd-app',
    app: 'statsd-app',
    series: ['orders_done{queue!=""}', 'orders_waiting', 'orders_time{quantile="0.5"}', 'orders_consumer_info'],
  },
  'ingest-api.yaml': {
    workload: 'statefulset/ingest-api',
    app: 'ingest-api',
    series: [
      'http_requests_total{method="GET"}',
      'http_request_duration_seconds_bucket{le="+Inf"}',
      'api_workers == 3',
    ],
    request: '/services/ingest-api:http/proxy/',
  },
  'port-monitor.yaml': {
    workload: 'deployment/crawler',
    app: 'crawler',
    series: ['port_monitor_ephemeral_ports_usable'],
  },
  'haproxy-legacy.yaml': {
    workload: 'deployment/legacy',
    app: 'legacy',
    series: ['haproxy_backend_http_responses_total{proxy="route:api:users::id",code="2xx"} > 0'],
    request: '/services/legacy:http/proxy/api/users/7',
  },
  'all-kinds.yaml': {
    workload: 'deployment/shop',
    app: 'shop',
    series: ['shop_carts', 'shop_items_sold_total', 'port_monitor_sockets_used', 'haproxy_process_uptime_seconds'],
  },
  'daemonset.yaml': {
    workload: 'daemonset/node-agent',
    app: 'node-agent',
    series: ['node_agent_load{minutes="1"}', 'node_agent_memory_free_bytes'],
  },
};

describe.skipIf(inject('missing'))('the examples', () => {
  beforeAll(async () => {
    await must(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
    const enforce = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: enforce } }]);
  });
  afterAll(() => must(['delete', 'namespace', namespace, '--wait=false']));

  const applied = (file: string) => must(['apply', '-n', namespace, '-f', join(examples, file)]);

  test.each(Object.entries(served))(
    '%s: runs, is found once, and has the series of the README',
    async (file, example) => {
      const { workload, app, series, request } = example;
      await applied(file);
      await must(['rollout', 'status', workload, '-n', namespace, '--timeout=120s']);
      const [pod] = await pods(namespace, `app=${app}`);
      const name = pod!.metadata.name;
      const ask = async () => {
        if (request !== undefined) await must(['get', '--raw', `/api/v1/namespaces/${namespace}${request}`]);
      };
      await ask();
      await eventually(async () => {
        const found = (await targets(namespace)).filter(({ labels }) => labels.pod === name);
        expect(found.map(({ health, lastError }) => ({ health, lastError }))).toEqual([
          { health: 'up', lastError: '' },
        ]);
      });
      for (const one of series) {
        await eventually(async () => {
          await ask();
          const [selector, ...condition] = one.split(' ');
          const labels = selector!.includes('{')
            ? selector!.replace('{', `{pod="${name}",`)
            : `${selector}{pod="${name}"}`;
          expect(await query([labels, ...condition].join(' ')), one).not.toEqual([]);
        }, 30);
      }
    },
  );

  test('job.yaml: completes, and Prometheus has what it counted', async () => {
    await applied('job.yaml');
    await must(['wait', '--for=condition=complete', 'job/import', '-n', namespace, '--timeout=120s']);
    expect(await query(`max_over_time(import_finished{namespace="${namespace}"}[5m])`)).not.toEqual([]);
  });

  test('cronjob.yaml: its Job is injected and completes', async () => {
    await applied('cronjob.yaml');
    await must(['create', 'job', 'nightly-now', '--from=cronjob/nightly-import', '-n', namespace]);
    await must(['wait', '--for=condition=complete', 'job/nightly-now', '-n', namespace, '--timeout=120s']);
    const [pod] = await pods(namespace, 'batch.kubernetes.io/job-name=nightly-now');
    expect(pod!.metadata.labels).toMatchObject({ 'metrics-sidecar.io/injected': 'true' });
  });
});
