import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findProgram } from './find-program.ts';
import { helm, missing, objects, of } from './helm.ts';
import { programFile } from './program-file.ts';

const helm3 = await findProgram('helm3');
if (helm3 === undefined && process.env['CI'] === 'true') throw new Error('test:chart: no helm3 on the PATH');

let folder: string;
let chart: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'post-renderer-'));
  const program = await programFile(folder);
  const plugin = join(folder, 'plugins/metrics-sidecar');
  await mkdir(plugin, { recursive: true });
  // As docs/offline.md shows it, but for the path of the program.
  await writeFile(
    join(plugin, 'plugin.yaml'),
    `apiVersion: v1
type: postrenderer/v1
name: metrics-sidecar
version: 0.1.0
runtime: subprocess
runtimeConfig:
  platformCommand:
    - command: ${program}
      args: [inject]
`,
  );
  chart = join(folder, 'orders');
  await mkdir(join(chart, 'templates'), { recursive: true });
  await writeFile(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: orders\nversion: 0.1.0\n');
  await writeFile(
    join(chart, 'templates/orders.yaml'),
    `apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
spec:
  template:
    metadata:
      annotations:
        metrics-sidecar.io/inject: {{ .Values.inject | default "statsd" }}
    spec:
      containers:
      - name: app # the application
        image: registry.example.test/orders:1
---
apiVersion: v1
kind: ConfigMap
metadata: {name: orders}
`,
  );
});
afterAll(() => rm(folder, { recursive: true }));

const template = (...args: readonly string[]) =>
  helm(['template', 'orders', chart, '--post-renderer', 'metrics-sidecar', ...args], '', {
    HELM_PLUGINS: join(folder, 'plugins'),
  });

describe.skipIf(missing)('Helm 4, with a post-renderer plugin', () => {
  test('injects, and keeps the rest as it was rendered', async () => {
    const rendered = await template();
    expect(rendered.text).toContain('      - name: app # the application\n');
    const all = await objects(Promise.resolve(rendered));
    expect(all.map(({ kind }) => kind).sort()).toEqual(['ConfigMap', 'Deployment']);
    expect(of(all, 'Deployment').spec!.template.spec.initContainers).toMatchObject([{ name: 'metrics-sidecar' }]);
  });

  test('takes flags', async () => {
    const all = await objects(template('--post-renderer-args', '--kubernetes-version=1.28'));
    expect(of(all, 'Deployment').spec!.template.spec.containers).toHaveLength(2);
  });

  test('fails where the pod cannot be injected, unless told otherwise', async () => {
    expect((await template('--set', 'inject=statds')).ok).toBe(false);
    const { ok, text } = await template('--set', 'inject=statds', '--post-renderer-args', '--fail-on=never');
    expect(ok).toBe(true);
    expect(text).toContain('"injected":false');
  });
});

describe.skipIf(helm3 === undefined)('Helm 3, with the program as post-renderer', () => {
  const render = (...args: readonly string[]) =>
    promisify(execFile)(
      helm3!,
      ['template', 'orders', chart, '--post-renderer', 'metrics-sidecar', '--post-renderer-args', 'inject', ...args],
      { env: { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` } },
    );

  test('injects', async () => {
    expect((await render()).stdout).toContain('- name: metrics-sidecar\n');
  });

  test('fails where the pod cannot be injected, and says why', async () => {
    await expect(render('--set', 'inject=statds')).rejects.toThrow('did you mean "statsd"?');
  });
});
