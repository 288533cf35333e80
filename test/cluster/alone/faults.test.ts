import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  installChart,
  metric,
  name,
  rolledOut,
  scale,
  namespace as webhookNamespace,
  webhookPods,
  whenCalled,
} from '../chart.ts';
import { check } from '../cli.ts';
import { eventually } from '../eventually.ts';
import { apply, kubectl, must, pods } from '../kubectl.ts';
import { startLoad } from '../load.ts';

const namespace = 'faults';
/** What stops the API server and starts it again: no cluster says that by itself. */
const restart = process.env.RESTART_APISERVER;
if (restart === undefined && process.env.CI !== undefined) throw new Error('RESTART_APISERVER is not set');
if (restart === undefined) console.error('\nAPI server restart SKIPPED: RESTART_APISERVER names no command\n');

function deployment(app: string, annotations: Readonly<Record<string, string>>): object {
  const labels = { app };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: app, namespace },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: 'app',
              image: 'docker.io/library/node:24-bookworm-slim',
              imagePullPolicy: 'IfNotPresent',
              command: ['node', '-e', 'setInterval(() => {}, 1e6)'],
            },
          ],
        },
      },
    },
  };
}

const asks = { 'metrics-sidecar.io/inject': 'statsd' };
const isInjected = (pod: { metadata: { labels?: Record<string, string> } }) =>
  pod.metadata.labels?.['metrics-sidecar.io/injected'] === 'true';

describe.skipIf(inject('missing'))('faults', () => {
  beforeAll(async () => {
    await must(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
  });
  afterAll(async () => {
    await installChart();
    await must(['delete', 'namespace', namespace, '--wait=false']);
  });

  test('a replica is killed under load: no pod is refused, and after it is gone none is missed', async () => {
    const load = await startLoad({ namespace, perSecond: 50 });
    await load.more(100);
    const [victim] = await webhookPods();
    await must(['delete', 'pod', victim!, '-n', webhookNamespace, '--force', '--grace-period=0']);
    await rolledOut();
    const during = await load.stop();
    expect(during.failures.filter((failure) => !failure.endsWith('has no sidecar'))).toEqual([]);
    console.log(`killed replica: ${during.failed} of ${during.asked} pods came back without a sidecar`);

    const after = await startLoad({ namespace, perSecond: 50 });
    await after.more(250);
    expect(await after.stop()).toMatchObject({ failed: 0, failures: [] });
  });

  test.skipIf(restart === undefined)('the API server restarts: the watches go on where they were', async () => {
    const replicas = await webhookPods();
    const seen = await Promise.all(replicas.map(contact));
    const [command, ...args] = restart!.split(' ');
    await promisify(execFile)(command!, args);
    await eventually(async () => {
      const now = await Promise.all(replicas.map(contact));
      for (const [i, at] of now.entries()) expect(at).toBeGreaterThan(seen[i]!);
    }, 120);
    expect(await webhookPods()).toEqual(replicas);
    // What a watch brings after the restart: a namespace that asks for its pods.
    const labels = { 'metrics-sidecar.io/inject': 'port-monitor' };
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${namespace}-labelled`, labels } }]);
    try {
      await eventually(async () => {
        const pod = {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'silent', namespace: `${namespace}-labelled` },
          spec: { containers: [{ name: 'app', image: 'example.invalid/app:1' }] },
        };
        const { out } = await must(['create', '-f', '-', '--dry-run=server', '-o', 'json'], JSON.stringify(pod));
        expect(out).toContain('"metrics-sidecar.io/injected": "true"');
      });
    } finally {
      await must(['delete', 'namespace', `${namespace}-labelled`, '--wait=false']);
    }
  });

  test('the webhook is down, failurePolicy Ignore: pods run, and what was missed is said', async () => {
    await scale(0);
    await apply([deployment('missed', asks)]);
    await must(['rollout', 'status', 'deployment/missed', '-n', namespace, '--timeout=60s']);
    expect((await pods(namespace, 'app=missed')).map(isInjected)).toEqual([false]);
    const down = await check();
    expect(down.code).toBe(1);
    expect(down.out).toMatch(/webhook\.(endpoints|service)/);

    await scale(2);
    const up = await check('--only', 'webhook.missed', '--fail-on', 'warning');
    expect(up.code).toBe(1);
    expect(up.out).toContain('kubectl rollout restart deployment/missed -n faults');
    const replicas = await webhookPods();
    await eventually(async () => expect(await metric(replicas[0]!, 'missed_pods')).toBeGreaterThanOrEqual(1), 120);
    const { out: log } = await must(['logs', `deployment/${name}`, '-n', webhookNamespace, '--all-pods']);
    expect(log).toMatch(/missed/);

    await must(['rollout', 'restart', 'deployment/missed', '-n', namespace]);
    await must(['rollout', 'status', 'deployment/missed', '-n', namespace, '--timeout=120s']);
    await eventually(async () => expect((await pods(namespace, 'app=missed')).map(isInjected)).toEqual([true]));
  });

  test('the webhook goes to 0 and back under load: required pods are refused meanwhile, all others run', async () => {
    const required = { ...asks, 'metrics-sidecar.io/required': 'true' };
    const hasNone = (failure: string) => failure.endsWith('has no sidecar');
    // While the API server still calls pods that are gone, each creation waits for the webhook's 5 seconds.
    const isLate = (failure: string) => failure.includes('without a whole answer');
    const others = await startLoad({ namespace, perSecond: 4 });
    const loads = [others, await startLoad({ namespace, perSecond: 4, annotations: required })];
    await Promise.all(loads.map((load) => load.more(10)));
    await apply([deployment('ordinary', asks), deployment('required', required)]);
    for (const app of ['ordinary', 'required']) await rolledOutIn(app);
    expect(await injectedOf('required')).toEqual([true]);

    await scale(0);
    await Promise.all(loads.map((load) => load.more(10)));
    await restarted('ordinary');
    expect(await injectedOf('ordinary')).toEqual([false]);
    await must(['rollout', 'restart', 'deployment/required', '-n', namespace]);
    // The rollout waits, and the old pod goes on.
    await eventually(async () => {
      const { out } = await must(['get', 'events', '-n', namespace, '-o', 'jsonpath={.items[*].message}']);
      expect(out).toContain('failed calling webhook "required-pods.metrics-sidecar.io"');
    });
    expect(await injectedOf('required')).toEqual([true]);

    await scale(2);
    await whenCalled();
    const [ordinary, refused] = await Promise.all(loads.map((load) => load.stop()));
    expect(ordinary!.failures.filter((failure) => !hasNone(failure) && !isLate(failure))).toEqual([]);
    expect(refused!.failures.filter(hasNone)).toEqual([]);
    expect(refused!.failed).toBeGreaterThanOrEqual(10);
    const answered = refused!.failures.filter((failure) => !isLate(failure));
    expect(answered.length).toBeGreaterThan(0);
    for (const failure of answered) expect(failure).toContain('required-pods.metrics-sidecar.io');
    console.log(
      `webhook away: of ${ordinary!.asked} pods 0 refused; of ${refused!.asked} required ones ${refused!.failed} refused, ` +
        '0 without a sidecar',
    );
    // With a webhook there the controller's next try succeeds.
    await restarted('required', 'undo');
    const after = await startLoad({ namespace, perSecond: 50, annotations: required });
    await after.more(100);
    expect(await after.stop()).toMatchObject({ failed: 0, failures: [] });
  });

  test('the webhook is down, failurePolicy Fail: only pods that ask are refused', async () => {
    await installChart('webhook.failurePolicy=Fail');
    await scale(0);
    const pod = (annotations: object) =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'fail', namespace, annotations },
        spec: { containers: [{ name: 'app', image: 'example.invalid/app:1' }] },
      });
    const create = (annotations: object) => kubectl(['create', '-f', '-', '--dry-run=server'], pod(annotations));
    await eventually(async () => {
      const asked = await create(asks);
      expect(asked.code).toBe(1);
      expect(asked.err).toContain('pods.metrics-sidecar.io');
    });
    expect(await create({})).toMatchObject({ code: 0 });
    await scale(2);
    await eventually(async () => expect(await create(asks)).toMatchObject({ code: 0 }));
  });
});

/** Rolls a Deployment's pods out again, and waits for the new ones. */
async function restarted(app: string, how: 'restart' | 'undo' = 'restart'): Promise<void> {
  await must(['rollout', how, `deployment/${app}`, '-n', namespace]);
  await rolledOutIn(app);
}

async function rolledOutIn(app: string): Promise<void> {
  await must(['rollout', 'status', `deployment/${app}`, '-n', namespace, '--timeout=120s']);
}

/** Of each pod of an app that is not going, whether it has a sidecar. */
async function injectedOf(app: string): Promise<boolean[]> {
  const found = await pods(namespace, `app=${app}`);
  return found.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(isInjected);
}

/** When the API server last confirmed what this replica knows of namespaces. */
async function contact(pod: string): Promise<number> {
  return (await metric(pod, 'cluster_last_contact_timestamp_seconds{resource="namespaces"}')) ?? 0;
}
