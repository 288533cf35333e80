import { EventEmitter } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runRenew } from '../../../src/cli/commands/renew-command.ts';
import { expectGolden } from '../../check/golden.ts';
import { path, running, startCluster, type TestCluster, webPod } from '../../check/cluster.ts';
import { addDeployment, control, deploymentPath, putPods } from '../../renew/controllers.ts';

let cluster: TestCluster;
let folder: string;
beforeEach(async () => {
  cluster = await startCluster();
  folder = await mkdtemp(join(tmpdir(), 'metrics-sidecar-renew-'));
  await writeFile(
    join(folder, 'kubeconfig'),
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'fake' },
      clusters: [{ name: 'fake', cluster: { server: cluster.api.url } }],
      users: [{ name: 'me', user: { token: 'secret' } }],
      contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'me' } }],
    }),
  );
});
afterEach(async () => {
  await cluster.stop();
  await rm(folder, { recursive: true });
});

function start(args: readonly string[], isTTY = false) {
  const [out, err] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY })];
  const signals = new EventEmitter();
  const env = { KUBECONFIG: join(folder, 'kubeconfig'), LANG: 'C.UTF-8' };
  const clock = { now: Date.now, monotonic: () => performance.now(), random: () => 0 };
  const done = runRenew(args, { env, in: new PassThrough(), out, err, signals, ...clock });
  const ended = done.then((code) => ({ code, out: String(out.read() ?? ''), err: String(err.read() ?? '') }));
  return { ended, signals };
}

const ran = (...args: readonly string[]) => start(args).ended;
const steady = (text: string) =>
  text.replaceAll(/after \d+\.\d s/g, 'after N s').replaceAll(/127\.0\.0\.1:\d+/g, 'SERVER');
const patches = () => cluster.api.calls.filter(({ method }) => method === 'PATCH').map(({ path: at }) => at);

test.each<[string[], string]>([
  [[], 'which workloads? --namespace=NAME, or --all for those of all namespaces'],
  [['--all', '-n', 'shop'], '--all: not together with --namespace'],
  [
    ['--all', '--max-unavailable=0'],
    '--max-unavailable: "0" is not a number of pods from 1 up, or a percentage from 1% to 100%',
  ],
  [['--all', '--max-unavailable=101%'], 'a percentage from 1% to 100%'],
  [['--all', '--timeout=10'], 'the unit is missing'],
])('%j is refused with exit code 2', async (args, problem) => {
  const { code, err } = await ran(...args);
  expect(code).toBe(2);
  expect(err).toContain(problem);
  expect(cluster.api.calls).toEqual([]);
});

test('nothing is outdated', async () => {
  const { code, out, err } = await ran('--all');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toBe('metrics-sidecar renew: nothing to do: 1 injected pod, none outdated\n');
});

test('restarts one after the other, in their order, and says so', async () => {
  control(cluster);
  addDeployment(cluster, 'b');
  addDeployment(cluster, 'a');
  addDeployment(cluster, 'other', { namespace: 'default' });
  const { code, out, err } = await ran('--namespace=shop');
  expectGolden('renew-run.txt', `${steady(err)}${out}`);
  expect(code).toBe(0);
  expect(patches()).toEqual([deploymentPath('a'), deploymentPath('b')]);
  expect(cluster.api.get(deploymentPath('other', 'default'))?.metadata).toMatchObject({ generation: 1 });
});

test('what cannot be renewed is left, with what to do, and exit code 1', async () => {
  control(cluster);
  addDeployment(cluster, 'a');
  addDeployment(cluster, 'paused', { spec: { paused: true } });
  addDeployment(cluster, 'large', { spec: { strategy: { type: 'Recreate' } } });
  const owned = (kind: string, name: string) => ({
    ...{ labels: { 'metrics-sidecar.io/injected': 'true' } },
    ownerReferences: [{ apiVersion: 'v1', kind, name, uid: 'u', controller: true }],
  });
  const { metadata: old } = cluster.api.get(path.pod('a-a'))!;
  for (const [name, owner] of [
    ['job', owned('Job', 'import')],
    ['nightly', owned('Job', 'nightly-29000000')],
    ['bare', { labels: { 'metrics-sidecar.io/injected': 'true' }, ownerReferences: [] }],
    ['kafka', owned('StrimziPodSet', 'kafka')],
  ] as const) {
    cluster.api.put(path.pod(name), running(webPod(name, { metadata: { annotations: old.annotations, ...owner } })));
  }
  const plan = await ran('--all', '--dry-run', '--max-unavailable=1');
  expectGolden('renew-plan.txt', plan.out);
  expect(plan).toMatchObject({ code: 1, err: '' });
  expect(patches()).toEqual([]);
  const { code, out } = await ran('--all', '--max-unavailable=1');
  expectGolden('renew-left.txt', out);
  expect(code).toBe(1);
  expect(patches()).toEqual([deploymentPath('a')]);
});

test('JSON for programs, of a plan and of a run', async () => {
  control(cluster);
  addDeployment(cluster, 'a');
  const plan = await ran('--all', '--dry-run', '-ojson', '--max-unavailable=50%');
  const run = await ran('--all', '-ojson', '--max-unavailable=50%');
  expect([plan.code, run.code]).toEqual([0, 0]);
  expectGolden('renew.json', `${plan.out}${run.out}`);
});

test('pods that come back without a sidecar end the run', async () => {
  control(cluster, () => 'without sidecars');
  addDeployment(cluster, 'a');
  addDeployment(cluster, 'b');
  const { code, out } = await ran('--all', '--keep-going');
  expectGolden('renew-lost.txt', out);
  expect(code).toBe(1);
  expect(patches()).toEqual([deploymentPath('a')]);
});

test('a rollout that fails ends the run; --keep-going goes on', async () => {
  control(cluster, (name) => (name === 'a' ? 'past its deadline' : 'renewed'));
  addDeployment(cluster, 'a');
  addDeployment(cluster, 'b');
  const { code, out } = await ran('--all');
  expectGolden('renew-failed.txt', out);
  expect(code).toBe(1);
  addDeployment(cluster, 'c');
  expect((await ran('--all', '--keep-going')).out).toContain('of 3 workloads 2 renewed, 1 left');
  expect(patches()).toEqual(['a', 'b', 'c'].map((name) => deploymentPath(name)));
});

test('a signal: says where it stands, and the same command goes on', async () => {
  control(cluster, (name) => (name === 'b' ? 'never seen' : 'renewed'));
  for (const name of ['a', 'b', 'c']) addDeployment(cluster, name);
  const { ended, signals } = start(['--all']);
  await cluster.api.called({ method: 'PATCH', path: deploymentPath('b') });
  signals.emit('SIGINT');
  const { code, out, err } = await ended;
  expect(code).toBe(130);
  expect(err).toContain('interrupted: rollouts in progress go on by themselves; the same command goes on from here');
  expect(out).toContain('of 3 workloads 1 renewed, 1 in progress, 1 not begun');
  // The controller sees the template after all, while the next run waits for it.
  const next = start(['--all']);
  await cluster.api.called({ method: 'GET', path: /poddisruptionbudgets$/, watch: true }, 2);
  const stored = cluster.api.get(deploymentPath('b'))!;
  const { annotations } = cluster.api.get(path.pod('a-a'))!.metadata;
  for (const pod of ['b-a', 'b-b']) {
    const before = cluster.api.get(path.pod(pod))!;
    cluster.api.put(path.pod(pod), {
      ...cluster.api.get(path.pod('a-a')),
      metadata: { ...before.metadata, annotations },
    });
  }
  const status = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
  cluster.api.put(deploymentPath('b'), { ...stored, status });
  expect(await next.ended).toMatchObject({ code: 0, out: expect.stringContaining('of 2 workloads 2 renewed') });
  expect(patches()).toEqual(['a', 'b', 'c'].map((name) => deploymentPath(name)));
});

test('a signal while the pods are read ends at once', async () => {
  const end = cluster.api.fail({ path: '/api/v1/pods' }, 'hang');
  const { ended, signals } = start(['--all']);
  await cluster.api.called({ path: '/api/v1/pods' });
  signals.emit('SIGTERM');
  expect(await ended).toMatchObject({ code: 143, out: '' });
  end();
});

test('nothing is restarted where a right is missing', async () => {
  addDeployment(cluster, 'a');
  cluster.denied.add('you: patch deployments.apps').add('you: list poddisruptionbudgets.policy');
  const { code, err } = await ran('--all');
  expect(code).toBe(3);
  expect(err).toContain('metrics-sidecar: you may not patch deployments.apps\n');
  expect(err).toContain('metrics-sidecar: you may not list poddisruptionbudgets.policy\n');
  cluster.denied.delete('you: list poddisruptionbudgets.policy');
  expect(await ran('--all', '--dry-run')).toMatchObject({ code: 0 });
});

test('a namespace that does not exist is exit code 3', async () => {
  expect(await ran('-n', 'shpo')).toMatchObject({ code: 3, err: 'metrics-sidecar: namespace shpo does not exist\n' });
});

test('a workload that is being deleted is no task', async () => {
  addDeployment(cluster, 'a');
  cluster.set(deploymentPath('a'), 'metadata/deletionTimestamp', '2026-01-01T00:00:00Z');
  const { code, out } = await ran('--all');
  expect({ code, out: out.split('\n').at(-2) }).toEqual({
    code: 0,
    out: 'metrics-sidecar renew: of 1 workload 0 renewed, 1 deleted meanwhile',
  });
  expect(patches()).toEqual([]);
});

test('nothing is restarted while new pods would get no sidecar', async () => {
  addDeployment(cluster, 'a');
  cluster.admit = (pod) => ({ status: 201, body: pod });
  expect(await ran('--all')).toMatchObject({ code: 3, err: expect.stringContaining('comes back without a sidecar') });
  expect(patches()).toEqual([]);
});

test('nothing is restarted while webhooks of two versions run', async () => {
  addDeployment(cluster, 'a');
  const root = `${path.webhookPod('metrics-sidecar-b')}:9102/proxy/metrics`;
  cluster.answers.set(root, { status: 200, body: 'metrics_sidecar_webhook_build_info{version="1.1.0"} 1\n' });
  const { code, err } = await ran('--all');
  expect(code).toBe(3);
  expect(err).toContain('the webhooks run versions 1.2.3 and 1.1.0: wait until the upgrade has ended, then renew');
});

test('where a dry run is not allowed, the version of the webhook counts, with a warning', async () => {
  control(cluster);
  addDeployment(cluster, 'a');
  cluster.admit = () => ({ status: 403, message: 'User "dev" cannot create resource "pods"' });
  const { code, err } = await ran('--all');
  expect(code).toBe(0);
  expect(err).toMatch(/^warning: not known whether the webhook injects: you may not create pods/);
});

test('--missed: pods that ask and have none', async () => {
  control(cluster);
  addDeployment(cluster, 'a', { by: '1.2.3' });
  putPods(cluster, 'a', 'shop', (pod) => pod);
  expect((await ran('--all')).out).toContain('none outdated');
  expect(await ran('--all', '--missed')).toMatchObject({
    code: 0,
    out: expect.stringContaining('of 1 workload 1 renewed'),
  });
  expect((await ran('--all', '--missed')).out).toBe(
    'metrics-sidecar renew: nothing to do: every pod that asks has its sidecar\n',
  );
});

test('an API server that is busy, restarts and loses answers is survived', async () => {
  const failures = [
    'reset',
    { status: 429, headers: { 'Retry-After': '0' } },
    { status: 500 },
    { status: 503 },
  ] as const;
  addDeployment(cluster, 'a');
  addDeployment(cluster, 'b');
  for (const failure of failures) cluster.api.fail({ method: 'PATCH', path: deploymentPath('a') }, failure, 1);
  control(cluster);
  const { ended } = start(['--all', '--max-unavailable=2']);
  await cluster.api.called({ method: 'PATCH', path: deploymentPath('b') });
  cluster.api.cutWatches();
  cluster.api.compact();
  const { code, out, err } = await ended;
  expect(err).toContain('the API server cannot be asked, trying again: PATCH');
  expect({ code, out }).toEqual({ code: 0, out: 'metrics-sidecar renew: of 2 workloads 2 renewed\n' });
});

test('a restart that was carried out although its answer was lost is not repeated', async () => {
  addDeployment(cluster, 'a');
  control(cluster, () => 'renewed, answer lost');
  expect(await ran('--all')).toMatchObject({ code: 0, out: 'metrics-sidecar renew: of 1 workload 1 renewed\n' });
  expect(cluster.api.get(deploymentPath('a'))?.metadata).toMatchObject({ generation: 2 });
});

test('a workload that somebody else changes meanwhile is judged again', async () => {
  addDeployment(cluster, 'a');
  cluster.api.fail({ method: 'PATCH' }, { status: 409, message: 'modified' }, 1);
  control(cluster);
  const { ended } = start(['--all']);
  await cluster.api.called({ method: 'GET', path: deploymentPath('a') });
  cluster.set(deploymentPath('a'), 'metadata/labels', { team: 'x' });
  expect(await ended).toMatchObject({ code: 0, out: 'metrics-sidecar renew: of 1 workload 1 renewed\n' });
});

test('a restart that a policy refuses fails with its words', async () => {
  addDeployment(cluster, 'a');
  cluster.api.fail({ method: 'PATCH' }, { status: 403, message: 'admission webhook "policy" denied the request' });
  const { code, out } = await ran('--all');
  expect(code).toBe(1);
  expect(out).toContain('admission webhook "policy" denied the request');
});

test('an API server that goes away for longer than the timeout is exit code 4', async () => {
  addDeployment(cluster, 'a');
  cluster.api.fail({ method: 'PATCH' }, 'reset');
  const { code, err } = await ran('--all', '--timeout=1s');
  expect(code).toBe(4);
  expect(err).toContain('the same command goes on from here');
});

test('on a terminal the standing is shown in place, and leaves nothing behind', async () => {
  control(cluster);
  addDeployment(cluster, 'a');
  const { err } = await start(['--all'], true).ended;
  expect(err).toContain('\r\u001b[2K0 of 1 renewed, 1 in progress, ');
  expect(err.endsWith('\r\u001b[2K')).toBe(true);
});
