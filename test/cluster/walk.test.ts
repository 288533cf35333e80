import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type AppOptions, deployment } from './apps.ts';
import { eventually } from './eventually.ts';
import { apply, must, type Pod, pods } from './kubectl.ts';
import { query, targets } from './prometheus.ts';

const namespace = 'walk';

interface Case extends Pick<AppOptions, 'programs'> {
  readonly kinds: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Series that Prometheus must have of the pod, with their values; null: any number. */
  readonly series: Readonly<Record<string, number | null>>;
}

const statsd = { 'orders_done{queue="eu"}': 7, orders_waiting: 3, order_time_count: 1, order_time_sum: 0.25 };
const ingest = { 'jobs_done_total{kind="mail"}': 15 };
const portMonitor = { port_monitor_ephemeral_ports_usable: null };
const haproxy = { 'haproxy_frontend_http_responses_total{proxy="inbound",code="2xx"}': 5 };

const cases: Readonly<Record<string, Case>> = {
  statsd: { kinds: 'statsd', programs: ['idle', 'statsd'], series: statsd },
  ingest: { kinds: 'ingest', programs: ['ingest'], series: ingest },
  'port-monitor': { kinds: 'port-monitor', programs: ['idle'], series: portMonitor },
  haproxy: { kinds: 'haproxy', annotations: { takeover: 'true' }, programs: ['http'], series: haproxy },
  everything: {
    kinds: 'statsd,ingest,port-monitor,haproxy',
    annotations: { takeover: 'true' },
    programs: ['http', 'statsd', 'ingest'],
    series: { ...statsd, ...ingest, ...portMonitor, ...haproxy },
  },
};

describe.skipIf(inject('missing'))('a Deployment asks, Prometheus has its metrics', () => {
  beforeAll(async () => {
    await must(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
    const enforce = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: enforce } }]);
    await apply(
      Object.entries(cases).flatMap(([name, { kinds, annotations = {}, programs }]) => [
        deployment({
          name,
          namespace,
          programs,
          annotations: {
            'metrics-sidecar.io/inject': kinds,
            ...Object.fromEntries(
              Object.entries(annotations).map(([key, value]) => [`haproxy.metrics-sidecar.io/${key}`, value]),
            ),
          },
        }),
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name, namespace },
          spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
        },
      ]),
    );
  });
  afterAll(() => must(['delete', 'namespace', namespace, '--wait=false']));

  describe.each(Object.entries(cases))('%s', (name, { kinds, programs, series }) => {
    let pod: Pod;

    test('the pod runs in a restricted namespace and says what was done', async () => {
      await must(['rollout', 'status', `deployment/${name}`, '-n', namespace, '--timeout=120s']);
      pod = (await pods(namespace, `app=${name}`)).at(-1)!;
      expect(pod.metadata.labels).toMatchObject({ 'metrics-sidecar.io/injected': 'true' });
      expect(JSON.parse(pod.metadata.annotations!['metrics-sidecar.io/status']!)).toMatchObject({
        kinds: kinds.split(','),
      });
      const sidecar = pod.spec.initContainers!.find((container) => container.name === 'metrics-sidecar');
      expect(sidecar).toMatchObject({ restartPolicy: 'Always' });
    });

    if (programs.includes('http')) {
      test('requests to the Service go through HAProxy', async () => {
        const path = `/api/v1/namespaces/${namespace}/services/${name}:http/proxy/hello`;
        for (let i = 0; i < 5; i++) expect((await must(['get', '--raw', path])).out).toBe('hello /hello');
      });
    }

    test('Prometheus finds exactly one target, it is up, and has the values', async () => {
      await eventually(async () => {
        const found = (await targets(namespace)).filter(({ labels }) => labels.pod === pod.metadata.name);
        expect(found.map(({ health, lastError }) => ({ health, lastError }))).toEqual([
          { health: 'up', lastError: '' },
        ]);
      });
      for (const [selector, value] of Object.entries(series)) {
        const expression = selector.includes('{')
          ? selector.replace('{', `{pod="${pod.metadata.name}",`)
          : `${selector}{pod="${pod.metadata.name}"}`;
        await eventually(async () => {
          const samples = await query(expression);
          expect(
            samples.map((sample) => Number(sample.value[1])),
            expression,
          ).toEqual([value ?? expect.any(Number)]);
        }, 20);
      }
      expect(await query(`up{pod="${pod.metadata.name}"}`)).toMatchObject([{ value: [expect.any(Number), '1'] }]);
    });
  });
});
