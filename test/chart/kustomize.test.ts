import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findProgram } from './find-program.ts';
import type { Tree } from './helm.ts';
import { programFile } from './program-file.ts';

// kubectl carries a kustomize that runs plugins of its older kind only; the KRM function needs the program kustomize.
const kubectl = await findProgram('kubectl');
const kustomize = await findProgram('kustomize');
if (kustomize === undefined && process.env['CI'] === 'true') throw new Error('test:chart: no kustomize on the PATH');

let folder: string;
let env: NodeJS.ProcessEnv;

const deployment = (inject: string) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
spec:
  template:
    metadata:
      annotations:
        metrics-sidecar.io/inject: ${inject}
    spec:
      containers:
      - name: app
        image: registry.example.test/orders:1
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kustomize-'));
  await programFile(join(folder, 'bin'));
  env = { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}` };
  await mkdir(join(folder, 'plugins/metrics-sidecar.io/v1/inject'), { recursive: true });
  const plugin = join(folder, 'plugins/metrics-sidecar.io/v1/inject/Inject');
  await writeFile(plugin, '#!/bin/sh\nexec metrics-sidecar inject\n');
  await chmod(plugin, 0o755);
});
afterAll(() => rm(folder, { recursive: true }));

/** A kustomization of one Deployment and one transformer. */
async function kustomization(name: string, inject: string, annotations = ''): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  await writeFile(join(path, 'orders.yaml'), deployment(inject));
  await writeFile(join(path, 'kustomization.yaml'), 'resources: [orders.yaml]\ntransformers: [inject.yaml]\n');
  const transformer = `apiVersion: metrics-sidecar.io/v1\nkind: Inject\nmetadata:\n  name: inject\n${annotations}`;
  await writeFile(join(path, 'inject.yaml'), transformer);
  return path;
}

/** As docs/offline.md shows it. */
const krmFunction = (...args: readonly string[]) => `  annotations:
    config.kubernetes.io/function: |
      exec:
        path: metrics-sidecar
        args: [${['inject', ...args].join(', ')}]
`;

interface Ran {
  readonly ok: boolean;
  readonly out: string;
  readonly err: string;
}

function run(program: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(program, args, { env: { ...env, ...more } }, (error, out, err) =>
      resolve({ ok: error === null, out, err }),
    );
  });
}

const initContainers = (text: string) =>
  (loadAll(text) as Tree[]).flatMap(({ spec }) => spec.template.spec.initContainers);

describe.skipIf(kubectl === undefined)('kubectl kustomize, with a plugin', () => {
  const build = (path: string) =>
    run(kubectl!, ['kustomize', '--enable-alpha-plugins', path], { KUSTOMIZE_PLUGIN_HOME: join(folder, 'plugins') });

  test('injects', async () => {
    const { ok, out } = await build(await kustomization('plugin', 'statsd'));
    expect(ok).toBe(true);
    expect(initContainers(out)).toMatchObject([{ name: 'metrics-sidecar', restartPolicy: 'Always' }]);
  });

  test('fails where the pod cannot be injected, and says why', async () => {
    const { ok, err } = await build(await kustomization('plugin-misspelt', 'statds'));
    expect(ok).toBe(false);
    expect(err).toContain('did you mean "statsd"?');
  });
});

describe.skipIf(kustomize === undefined)('kustomize build, with a KRM function', () => {
  const build = (path: string) => run(kustomize!, ['build', '--enable-alpha-plugins', '--enable-exec', path]);

  test('injects', async () => {
    const path = await kustomization('krm', 'statsd', krmFunction('--native-sidecars=true'));
    const { ok, out, err } = await build(path);
    expect(err).toContain('Deployment/orders: injected: statsd');
    expect(ok).toBe(true);
    expect(initContainers(out)).toMatchObject([{ name: 'metrics-sidecar', restartPolicy: 'Always' }]);
    expect(out).not.toContain('ResourceList');
  });

  test('fails where the pod cannot be injected, unless told otherwise', async () => {
    const failing = await build(await kustomization('krm-misspelt', 'statds', krmFunction()));
    expect(failing.ok).toBe(false);
    expect(failing.err).toContain('did you mean "statsd"?');
    const passing = await build(await kustomization('krm-never', 'statds', krmFunction('--fail-on=never')));
    expect(passing.ok).toBe(true);
    expect(passing.out).toContain('"injected":false');
  });
});
