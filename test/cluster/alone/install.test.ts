import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { findHelm } from '../../chart/find-helm.ts';
import {
  helm,
  mustHelm,
  name,
  registration,
  release,
  uninstallChart,
  namespace as webhookNamespace,
  whenCalled,
} from '../chart.ts';
import { eventually } from '../eventually.ts';
import { apply, kubectl, must, pods } from '../kubectl.ts';
import { startLoad } from '../load.ts';
import type { Ended } from '../program.ts';
import { removePrometheus } from '../prometheus.ts';

const root = join(import.meta.dirname, '../../..');
const namespace = 'installing';

/** The commands of the README's cluster quickstart, each a line as it stands there. */
function quickstart(): string[] {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const section = readme.split('\n## ').find((one) => one.startsWith('Install it on a cluster'))!;
  const block = /```sh\n(helm install[\s\S]*?)```/.exec(section)![1]!;
  return block.trim().split('\n');
}

/** Runs a line in a shell in the root of the project, as a reader of the README does. */
async function shell(line: string): Promise<Ended> {
  const program = await findHelm();
  const PATH = `${dirname(program!)}:${process.env.PATH}`;
  return new Promise((resolve) => {
    execFile('bash', ['-c', line], { cwd: root, env: { ...process.env, PATH } }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err });
    });
  });
}

/** Everything in the cluster that carries the release's label or the webhook's name, by `kind/name`. */
async function leftovers(): Promise<string[]> {
  const kinds = [
    ...['deployments', 'replicasets', 'pods', 'services', 'endpointslices', 'configmaps', 'secrets', 'serviceaccounts'],
    ...['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings', 'networkpolicies', 'poddisruptionbudgets'],
    ...['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
  ];
  const { out } = await must([
    ...['get', kinds.join(','), '--all-namespaces', '--ignore-not-found', '-o', 'name'],
    ...['-l', `app.kubernetes.io/instance=${release}`],
  ]);
  const byName = await must(['get', 'secrets', '-n', webhookNamespace, '--ignore-not-found', '-o', 'name']);
  return `${out}\n${byName.out}`.split('\n').filter((line) => line !== '');
}

describe.skipIf(inject('missing'))('the chart', () => {
  beforeAll(async () => {
    await must(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
  });
  afterAll(() => must(['delete', 'namespace', namespace, '--wait=false']));

  test('helm uninstall leaves nothing behind, annotated pods still start', async () => {
    // The Secret that comes back belongs to the release as the chart's does.
    const secret = ['secret', `${release}-certs`, '-n', webhookNamespace];
    await must(['delete', ...secret]);
    await must(['wait', '--for=create', ...secret, '--timeout=60s']);
    await mustHelm(['uninstall', release, '--namespace', webhookNamespace, '--wait']);
    // Pods end in their own time; what would come back would come back within it.
    await eventually(async () => expect(await leftovers()).toEqual([]), 60);
    await must(['apply', '-n', namespace, '-f', 'examples/statsd-app.yaml']);
    await must(['rollout', 'status', 'deployment/statsd-app', '-n', namespace, '--timeout=60s']);
    const [pod] = await pods(namespace, 'app=statsd-app');
    expect(pod!.metadata.labels).not.toHaveProperty('metrics-sidecar.io/injected');
    expect(await leftovers()).toEqual([]);
    await must(['delete', '-n', namespace, '-f', 'examples/statsd-app.yaml', '--wait=false']);
  });

  test("the five commands of the README's quickstart, as they stand there", async () => {
    await uninstallChart();
    await removePrometheus();
    const lines = quickstart();
    expect(lines).toHaveLength(5);
    const query = lines.pop()!;
    for (const line of lines) {
      const { code, out, err } = await shell(line);
      console.log(`$ ${line}\n${out}`);
      expect(`${code} ${code === 0 ? '' : err + out}`).toBe('0 ');
    }
    await eventually(async () => {
      const { code, out } = await shell(query);
      expect(code).toBe(0);
      const { data } = JSON.parse(out) as { data: { result: { metric: Record<string, string>; value: unknown }[] } };
      expect(data.result.length).toBeGreaterThan(0);
      expect(data.result[0]!.metric).toMatchObject({ namespace: 'default', job: 'kubernetes-pods' });
      console.log(`$ ${query}\n${out.slice(0, 400)}`);
    }, 90);
    await must(['delete', '-f', 'examples/statsd-app.yaml', '--wait=false']);
  });

  test('helm upgrade with a changed value while pods are created: none missed', async () => {
    await whenCalled();
    const load = await startLoad({ namespace, perSecond: 50 });
    await load.more(50);
    await mustHelm([
      ...['upgrade', release, 'charts/metrics-sidecar', '--namespace', webhookNamespace, '--reuse-values', '--wait'],
      ...['--set', 'sidecars.defaults.log-level=debug', '--set', 'podLabels.changed=yes'],
    ]);
    const { asked, failed, failures } = await load.stop();
    expect({ failed, failures }).toEqual({ failed: 0, failures: [] });
    console.log(`helm upgrade: ${asked} pods asked for meanwhile, none missed, none refused`);
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'after', namespace, annotations: { 'metrics-sidecar.io/inject': 'statsd' } },
      spec: { containers: [{ name: 'app', image: 'example.invalid/app:1' }] },
    };
    const { out } = await must(['create', '-f', '-', '--dry-run=server', '-o', 'json'], JSON.stringify(pod));
    expect(out).toContain('--log.level=debug');
    const rollback = await helm(['rollback', release, '--namespace', webhookNamespace, '--wait']);
    expect(rollback).toMatchObject({ code: 0 });
    expect(await kubectl(['get', 'deployment', name, '-n', webhookNamespace])).toMatchObject({ code: 0 });
  });

  test('helm upgrade to another name of the registration while pods are created: none missed, none refused', async () => {
    const upgrade = (...sets: readonly string[]) =>
      mustHelm([
        ...['upgrade', release, 'charts/metrics-sidecar', '--namespace', webhookNamespace, '--reset-values', '--wait'],
        ...sets.flatMap((set) => ['--set', set]),
      ]);
    const registrations = async () =>
      (
        await must([
          'get',
          'mutatingwebhookconfigurations',
          '-o',
          'name',
          '-l',
          `app.kubernetes.io/instance=${release}`,
        ])
      ).out
        .trim()
        .split('\n')
        .map((line) => line.split('/')[1]);
    // The former name, then the present one: twice, as the notes of the first upgrade say.
    for (const sets of [[`webhook.registrationName=${name}`], []]) {
      const wanted = sets.length === 0 ? registration : name;
      const required = { 'metrics-sidecar.io/inject': 'statsd', 'metrics-sidecar.io/required': 'true' };
      const load = await startLoad({ namespace, perSecond: 30, annotations: required });
      await load.more(30);
      const first = await upgrade(...sets);
      expect(first.out).toContain('run this helm upgrade once more');
      expect(await registrations()).toEqual([registration, name]);
      await upgrade(...sets);
      expect(await registrations()).toEqual([wanted]);
      await load.more(60);
      const { asked, failed, failures } = await load.stop();
      expect({ failed, failures }).toEqual({ failed: 0, failures: [] });
      console.log(`registration ${wanted}: ${asked} required pods asked for meanwhile, none missed, none refused`);
    }
  });
});
