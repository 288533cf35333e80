import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { installedChecks, preChecks } from '../../../src/check/checks.ts';
import { deployment } from '../apps.ts';
import { eventually } from '../eventually.ts';
import { apply, must } from '../kubectl.ts';
import type { Ended } from '../program.ts';

const namespace = 'check';
const main = join(import.meta.dirname, '../../../src/main.ts');

/** Runs the program of the sources. */
async function metricsSidecar(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, ...env } });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? 1, out, err };
}

interface Checked {
  readonly id: string;
  readonly result: string;
  readonly message: string;
  readonly details: readonly string[];
}

async function checked(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, out, err } = await metricsSidecar(['check', `--namespace=${namespace}`, '-ojson', ...args], env);
  expect(err).toBe('');
  const { checks } = JSON.parse(out) as { checks: readonly Checked[] };
  const of = (id: string) => checks.find((one) => one.id === id)!;
  const wrong = checks.filter(({ result }) => result === 'error').map(({ id, message }) => `${id}: ${message}`);
  return { code, checks, of, wrong };
}

const app = (name: string, inject: string) =>
  deployment({ name, namespace, programs: ['idle'], annotations: { 'metrics-sidecar.io/inject': inject } });

describe.skipIf(inject('missing'))('check and list, on an installation that works', () => {
  beforeAll(async () => {
    await must(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
    await apply([
      app('good', 'port-monitor'),
      app('wrong', 'statd'),
      // Its pod says nothing when it is created, and asks later: one that the webhook was never asked about.
      deployment({ name: 'late', namespace, programs: ['idle'], annotations: {} }),
      {
        ...deployment({ name: 'above', namespace, programs: ['idle'], annotations: {} }),
        metadata: { name: 'above', namespace, annotations: { 'metrics-sidecar.io/inject': 'statsd' } },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'nobody', namespace, annotations: { 'metrics-sidecar.io/scrape': 'true' } },
        spec: { selector: { app: 'nobody' }, ports: [{ port: 80 }] },
      },
    ]);
    for (const name of ['good', 'wrong', 'late', 'above']) {
      await must(['rollout', 'status', `deployment/${name}`, '-n', namespace, '--timeout=120s']);
    }
    await must(['annotate', 'pods', '-n', namespace, '-l', 'app=late', 'metrics-sidecar.io/inject=statsd']);
  });
  afterAll(() => must(['delete', 'namespace', namespace, '--wait=false']));

  test('no check finds an error, and every check was run', async () => {
    const { code, checks, wrong } = await checked(['--wait=60s']);
    expect({ code, wrong }).toEqual({ code: 0, wrong: [] });
    expect(checks.map(({ id }) => id)).toEqual(installedChecks.map(({ id }) => id));
    const skipped = checks.filter(({ result }) => result === 'skipped').map(({ id }) => id);
    expect(skipped).toEqual(['certificates.cert-manager', 'prometheus.targets']);
  });

  test('before an installation: the one that there is', async () => {
    const { checks, wrong } = await checked(['--pre']);
    expect(wrong).toEqual([]);
    expect(checks.map(({ id }) => id)).toEqual(preChecks.map(({ id }) => id));
    expect(checks.filter(({ result }) => result === 'warning').map(({ id }) => id)).toEqual(['install.conflict']);
  });

  test('the dry run alone', async () => {
    const { code, checks } = await checked(['--only=webhook.injects', '--fail-on=warning']);
    expect({ code, checks }).toMatchObject({ code: 0, checks: [{ id: 'webhook.injects', result: 'ok' }] });
  });

  test('who was missed, and why', async () => {
    const { code, of } = await checked([
      '--only=webhook.missed,workloads.wrong-level,selectors.empty',
      '--fail-on=warning',
    ]);
    expect(code).toBe(1);
    const lines = of('webhook.missed').details.filter((line) => line.startsWith(`${namespace} `));
    expect(lines).toEqual([
      expect.stringMatching(
        /^check deployment\/late \(1 pod\): .*annotated after its creation: kubectl rollout restart deployment\/late -n check$/,
      ),
      expect.stringMatching(
        /^check deployment\/wrong \(1 pod\): refused: .*did you mean "statsd"\?: correct this, then restart the pods$/,
      ),
    ]);
    expect(of('workloads.wrong-level').details.join()).toContain('Deployment check/above');
    expect(of('selectors.empty').details.join()).toContain('Service check/nobody');
  });

  test('list: what is injected, what differs since, and what was missed', async () => {
    const table = await metricsSidecar(['list', '-n', namespace]);
    expect(table).toMatchObject({ code: 0, err: '' });
    expect(table.out).toMatch(/^check +deployment\/good +1 +port-monitor +\S+ +\S+ +native$/m);
    await must([
      'annotate',
      'pods',
      '-n',
      namespace,
      '-l',
      'app=good',
      '--overwrite',
      'metrics-sidecar.io/inject=false',
    ]);
    const json = JSON.parse((await metricsSidecar(['list', '-n', namespace, '-ojson'])).out) as object;
    expect(json).toMatchObject({ sidecars: [{ owner: 'deployment/good', drift: ['opted out after its injection'] }] });
    expect((await metricsSidecar(['list', '--missed', '-n', namespace])).out).toMatch(/^check +deployment\/late +1 /m);
  });

  test('what somebody may not read is skipped, and fails nothing', async () => {
    const kubeconfig = await kubeconfigOf('nobody');
    const { code, checks, wrong } = await checked([], { KUBECONFIG: kubeconfig });
    expect({ code, wrong }).toEqual({ code: 0, wrong: [] });
    const results = Object.fromEntries(checks.map(({ id, result }) => [id, result]));
    expect(results).toMatchObject({
      'kubernetes.reachable': 'ok',
      'rbac.self': 'skipped',
      'webhook.configuration': 'skipped',
      'webhook.missed': 'skipped',
      'selectors.empty': 'skipped',
    });
  });

  test('a cluster that does not answer', async () => {
    const ended = await metricsSidecar([
      'check',
      '-oshort',
      `--kubeconfig=${await kubeconfigOf('nobody', 'https://127.0.0.1:1')}`,
    ]);
    expect(ended).toMatchObject({ code: 4, out: expect.stringContaining('TCP: https://127.0.0.1:1 is not reachable') });
  });

  test('Prometheus has each injected pod once', async () => {
    const prometheus = await proxyOf('/api/v1/namespaces/prometheus/services/prometheus:web/proxy');
    const created = '-ojsonpath={.items[0].metadata.creationTimestamp}';
    const { out } = await must(['get', 'pods', '-n', namespace, '-l', 'app=good', created]);
    await eventually(async () => {
      // Younger ones are not judged.
      expect(Date.now() - Date.parse(out)).toBeGreaterThan(31_000);
      const { of } = await checked(['--only=prometheus.targets', `--prometheus=${prometheus}`]);
      expect(of('prometheus.targets').details.filter((line) => line.includes(` ${namespace}/`))).toEqual([]);
      expect(of('prometheus.targets').message).not.toContain('cannot read the targets');
    });
  });
});

/** A kubeconfig of a service account of the test's namespace, with no rights at all. */
async function kubeconfigOf(account: string, server?: string): Promise<string> {
  await apply([{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace } }]);
  const token = (await must(['create', 'token', account, '-n', namespace])).out.trim();
  const { out } = await must(['config', 'view', '--raw', '--minify', '--flatten', '-o', 'json']);
  const config = JSON.parse(out) as { clusters: { cluster: { server: string } }[]; users: { user: object }[] };
  config.users[0]!.user = { token };
  if (server !== undefined) config.clusters[0]!.cluster.server = server;
  const file = join(await mkdtemp(join(tmpdir(), 'metrics-sidecar-check-')), 'kubeconfig');
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

/** An address of this machine behind which a path of the API is, as somebody who is let in. */
async function proxyOf(path: string): Promise<string> {
  const child = spawn('kubectl', ['proxy', '--port=0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return `http://${/127\.0\.0\.1:\d+/.exec(line)![0]}${path}`;
}
