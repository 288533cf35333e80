import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connect } from '../../src/kube/connection/connect.ts';
import type { KubeObject } from '../../src/kube/kube.ts';
import { version } from '../../src/runtime/version.ts';
import { main } from '../process/program.ts';
import { authority } from '../webhook/pair.ts';
import { running } from '../webhook/running.ts';
import { startApiServer } from './api-server.ts';
import { startKubelet } from './kubelet.ts';
import { findProgram } from './program.ts';
import { namespaces, testWorkloads } from './renew-workloads.ts';

const [etcd, apiServer, controllerManager] = ['etcd', 'kube-apiserver', 'kube-controller-manager'].map((name) =>
  findProgram(name, process.env),
);
const missing =
  etcd === undefined || apiServer === undefined || controllerManager === undefined
    ? 'no kube-apiserver, kube-controller-manager and etcd (PATH): renew met no real controllers'
    : '';

if (missing !== '') {
  console.warn(`\n*** ${missing} ***\n`);
  test.skipIf(process.env['CI'] === undefined)(missing, () => expect.fail(missing));
}

const nodes = ['node-a', 'node-b', 'node-c'];
const workloads = testWorkloads(Number(process.env['RENEW_WORKLOADS'] ?? 200), nodes.length);
const budget = 12;

const registrations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
const caBundle = Buffer.from(authority.cert).toString('base64');

function registration(port: number): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'metrics-sidecar' },
    webhooks: [
      {
        name: 'pods.metrics-sidecar.io',
        clientConfig: { url: `https://127.0.0.1:${port}/mutate`, caBundle },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
        ...{ admissionReviewVersions: ['v1'], sideEffects: 'NoneOnDryRun', failurePolicy: 'Fail', timeoutSeconds: 30 },
      },
    ],
  };
}

/** `metrics-sidecar renew` as a process, and its lines on standard error. */
function startRenew(kubeconfig: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, [main, 'renew', '--all', `--kubeconfig=${kubeconfig}`, ...args]);
  const lines: string[] = [];
  const heard = createInterface({ input: child.stderr });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  const ended = once(child, 'close') as Promise<[code: number | null, signal: string | null]>;
  return {
    child: child as ChildProcess,
    lines,
    out: () => out,
    ended,
    /** Resolves when so many lines matched. */
    matching: (pattern: RegExp, count: number) =>
      new Promise<void>((resolve) => {
        heard.on('line', (line) => {
          lines.push(line);
          if (lines.filter((one) => pattern.test(one)).length >= count) resolve();
        });
      }),
  };
}

describe.skipIf(missing !== '')('renew on a real control plane', () => {
  test(`${workloads.length} workloads, interrupted twice: never more than the budget unavailable`, async () => {
    const server = await startApiServer(
      { etcd: etcd!, apiServer: apiServer!, controllerManager: controllerManager! },
      { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AdmissionConfiguration', plugins: [] },
    );
    onTestFinished(server.stop);
    const connected = await connect({ kubeconfig: server.kubeconfig, env: {} });
    if (!connected.ok) throw new Error(connected.problem);
    const { kube } = connected;
    onTestFinished(kube.close);
    const must = async (method: 'GET' | 'POST' | 'PUT', path: string, body?: object) => {
      const answer = await kube.request<KubeObject>({ method, path, body, timeout: 60_000 });
      if (!answer.ok) throw new Error(answer.problem.message);
      return answer.value;
    };
    const before = await running({}, { version: '0.0.9' });
    const { metadata } = await must('POST', registrations, registration(before.webhook.tlsAddress.port));
    for (const name of namespaces) {
      await must('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
    const kubelet = await startKubelet(kube, {
      nodes,
      delay: () => 20 + Math.random() * 200,
      wanted: new Map(workloads.map(({ app, pods }) => [app, pods])),
    });
    onTestFinished(kubelet.stop);
    for (const { path, object } of workloads) await must('POST', path, object);
    await kubelet.until(0);
    kubelet.most();

    const after = await running({}, { version });
    const upgraded = registration(after.webhook.tlsAddress.port);
    await must('PUT', `${registrations}/metrics-sidecar`, { ...upgraded, metadata });

    const args = [`--max-unavailable=${budget}`, '-o', 'json'];
    const first = startRenew(server.kubeconfig, ...args);
    await first.matching(/: renewed/, Math.floor(workloads.length / 4));
    first.child.kill('SIGINT');
    expect(await first.ended).toEqual([130, null]);
    expect(first.lines.at(-1)).toContain('the same command goes on from here');
    const second = startRenew(server.kubeconfig, ...args);
    await second.matching(/: renewed/, Math.floor(workloads.length / 4));
    second.child.kill('SIGKILL');
    expect(await second.ended).toEqual([null, 'SIGKILL']);
    const third = startRenew(server.kubeconfig, ...args);
    void third.matching(/./, Number.POSITIVE_INFINITY);
    expect(await third.ended, third.lines.join('\n')).toEqual([0, null]);

    const most = kubelet.most();
    const counts = [first, second, third].map(({ lines }) => lines.filter((line) => /: renewed/.test(line)).length);
    const pods = workloads.reduce((sum, one) => sum + one.pods, 0);
    console.log(
      `renew: ${workloads.length} workloads, ${pods} pods; renewed ${counts.join(' + ')}; at most ${most} of ${budget} pods ` +
        'unavailable at any time',
    );
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(budget);
    // Each was restarted, and none twice.
    for (const { app, path } of workloads) {
      const found = await must('GET', `${path}/${app}`);
      expect(found.metadata, app).toMatchObject({ generation: 2 });
    }
    const again = startRenew(server.kubeconfig, ...args);
    void again.matching(/./, Number.POSITIVE_INFINITY);
    expect(await again.ended).toEqual([0, null]);
    expect(JSON.parse(again.out())).toMatchObject({ summary: { renewed: 0 }, workloads: [] });
  }, 240_000);
});
