import { EventEmitter } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCheck } from '../../../src/cli/commands/check-command.ts';
import { runList } from '../../../src/cli/commands/list-command.ts';
import { now, path, running, startCluster, type TestCluster, webPod } from '../../check/cluster.ts';

let cluster: TestCluster;
let folder: string;
beforeEach(async () => {
  cluster = await startCluster();
  folder = await mkdtemp(join(tmpdir(), 'metrics-sidecar-check-'));
  await writeFile(join(folder, 'kubeconfig'), kubeconfig(cluster.api.url));
});
afterEach(async () => {
  await cluster.stop();
  await rm(folder, { recursive: true });
});

function kubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'fake', cluster: { server } }],
    users: [{ name: 'me', user: { token: 'secret' } }],
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'me' } }],
    'current-context': 'fake',
  });
}

async function ran(command: typeof runCheck, args: readonly string[], isTTY = false) {
  const [out, err] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY })];
  const env = { KUBECONFIG: join(folder, 'kubeconfig'), LANG: 'C.UTF-8' };
  const io = {
    env,
    in: new PassThrough(),
    out,
    err,
    signals: new EventEmitter(),
    now: () => now,
    monotonic: () => now,
    random: () => 0,
  };
  const code = await command(args, io);
  return { code, out: String(out.read() ?? ''), err: String(err.read() ?? '') };
}

// The fake cluster's webhook has a version that is not this program's, which is a warning.
test.each<[string, string[], number]>([
  ['only warnings', [], 0],
  ['warnings that count', ['--fail-on=warning'], 1],
  ['one check', ['--only=webhook.injects', '--fail-on=warning'], 0],
  ['before an installation, although there is one', ['--pre', '--fail-on=warning'], 1],
])('%s: exit code', async (_, args, code) => {
  expect(await ran(runCheck, [...args, '-o', 'short'])).toMatchObject({ code, err: '' });
});

test('what is chosen is what runs, and what is reported', async () => {
  const { out } = await ran(runCheck, ['--only', 'webhook.injects,webhook.service', '--output=json']);
  const { checks, summary } = JSON.parse(out) as { checks: { id: string }[]; summary: object };
  expect(checks.map(({ id }) => id)).toEqual(['webhook.service', 'webhook.injects']);
  expect(summary).toEqual({ ok: 2, warning: 0, error: 0, skipped: 0 });
});

test('an error is exit code 1, and everything is reported', async () => {
  cluster.api.remove(path.service);
  const { code, out } = await ran(runCheck, []);
  expect(code).toBe(1);
  expect(out).toContain('× webhook.service');
  expect(out).toContain('needs webhook.service, which found an error');
});

test('a cluster that does not answer is exit code 4, whatever was chosen', async () => {
  cluster.answers.set('/version', 'reset');
  const chosen = await ran(runCheck, ['--only=webhook.injects', '-oshort']);
  expect(chosen).toMatchObject({ code: 4, out: expect.stringMatching(/^× kubernetes.reachable: /) });
  expect(await ran(runList, [])).toMatchObject({ code: 4, out: '', err: expect.stringMatching(/does not answer/) });
});

test('exit codes by findings: any combination of broken things', async () => {
  const broken: Readonly<Record<string, [path: string, status: number]>> = {
    'kubernetes.native-sidecars': ['/api/v1/nodes', 403],
    'discovery.styles': ['/apis/monitoring.coreos.com', 500],
    'certificates.styles': ['/apis/cert-manager.io', 500],
  };
  const ids = Object.keys(broken);
  await fc.assert(
    fc.asyncProperty(fc.subarray(ids), async (chosen) => {
      for (const id of ids) cluster.answers.delete(broken[id]![0]);
      for (const id of chosen) cluster.answers.set(broken[id]![0], { status: broken[id]![1] });
      const fails = chosen.some((id) => broken[id]![1] === 500);
      const { code } = await ran(runCheck, ['--pre', `--only=${ids.join(',')}`]);
      expect(code).toBe(fails ? 1 : 0);
    }),
    { numRuns: 8 },
  );
});

test.each<[typeof runCheck, string[], string[]]>([
  [runCheck, ['--only=webhook.inject'], ['--only: "webhook.inject" is no check; did you mean "webhook.injects"?']],
  [runCheck, ['--pre', '--only=webhook.injects'], ['--only: "webhook.injects" is no check of --pre']],
  [runCheck, ['-o', 'yaml'], ['--output: "yaml" is not one of table, short, json']],
  [runList, ['-A', '-n', 'shop'], ['--all-namespaces: not together with --namespace']],
])('%o %j is refused with exit code 2', async (command, args, problems) => {
  const { code, err } = await ran(command, args);
  expect(code).toBe(2);
  for (const problem of problems) expect(err).toContain(`metrics-sidecar: ${problem}\n`);
});

test('a kubeconfig that is not there is exit code 3', async () => {
  expect(await ran(runCheck, [`--kubeconfig=${folder}/none`])).toMatchObject({ code: 3, out: '' });
});

test('progress is for terminals, on standard error, and leaves nothing behind', async () => {
  const { err, out } = await ran(runCheck, ['--only=webhook.injects', '-oshort'], true);
  expect(err).toBe('\r\u001b[2Kchecking kubernetes.reachable\r\u001b[2Kchecking webhook.injects\r\u001b[2K');
  expect(out).toBe('metrics-sidecar check: 0 errors, 0 warnings, 1 ok, 0 skipped\n');
});

test('list: the injected pods, and those that were missed', async () => {
  cluster.api.put(path.pod('late'), running(webPod('late')));
  expect(await ran(runList, ['-n', 'shop'])).toMatchObject({ code: 0, err: '' });
  const listed = JSON.parse((await ran(runList, ['-ojson'])).out) as object;
  expect(listed).toMatchObject({
    sidecars: [
      { namespace: 'shop', owner: 'deployment/web', pods: ['web-5d9c7b6f4-x'], kinds: ['statsd'], native: true },
    ],
  });
  expect((await ran(runList, ['--namespace=default'])).out).toBe('no pod is injected\n');
  expect((await ran(runList, ['--missed'])).out).toContain('kubectl rollout restart deployment/web -n shop');
});

test('list: what may not be read is said, with exit code 3', async () => {
  cluster.answers.set('/api/v1/pods', { status: 403, message: 'pods is forbidden' });
  expect(await ran(runList, [])).toMatchObject({
    code: 3,
    out: '',
    err: expect.stringContaining('you may not list pods'),
  });
});
