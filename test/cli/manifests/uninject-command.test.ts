import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runInject } from '../../../src/cli/manifests/inject-command.ts';
import { runUninject } from '../../../src/cli/manifests/uninject-command.ts';
import { printed, printedWithInput } from '../printed.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uninject-'));
});
afterAll(() => rm(folder, { recursive: true }));

const text = `# Two of them.
apiVersion: v1
kind: List
items:
- apiVersion: apps/v1
  kind: Deployment
  metadata: { name: "web" }
  spec:
    template:
      metadata:
        annotations: # what is wanted
          'metrics-sidecar.io/inject': "statsd,ingest"
      spec:
        containers:
        - {name: app, image: 'example.test/web:1'} # the app
- kind: Service
  apiVersion: v1
  metadata: {name: web, annotations: {metrics-sidecar.io/scrape: "true"}}
  spec: {selector: {app: web}, ports: [{port: 80}]}
`;

test('gives back what inject was given', async () => {
  const injected = await printedWithInput(text, runInject);
  expect(injected.out).not.toBe(text);
  const { code, out, err } = await printedWithInput(injected.out, runUninject);
  expect({ code, out }).toEqual({ code: 0, out: text });
  expect(err).toMatch(
    /^-:\d+:\d+: Deployment\/web: uninjected\n-:\d+:\d+: Service\/web: uninjected\nmetrics-sidecar uninject: 2 uninjected\n$/,
  );
});

test('in place and back', async () => {
  const file = join(folder, 'web.yaml');
  await writeFile(file, text);
  await printed(runInject, '-i', file);
  expect(await printed(runUninject, '--check', file)).toMatchObject({ code: 1, out: `${file}\n` });
  await printed(runUninject, '--in-place', file);
  expect(await readFile(file, 'utf8')).toBe(text);
  expect(await printed(runUninject, '--check', file)).toMatchObject({ code: 0, out: '' });
});

test('takes the status of a refusal away', async () => {
  const wrong = text.replace('statsd,ingest', 'statds');
  const injected = await printedWithInput(wrong, runInject);
  expect(injected).toMatchObject({ code: 1, out: expect.stringContaining('"injected":false') });
  expect((await printedWithInput(injected.out, runUninject)).out).toBe(wrong);
});

test('what somebody changed since stays, and is a warning; a status that cannot be read is an error', async () => {
  const { out } = await printedWithInput(text, runInject);
  const changed = await printedWithInput(
    out.replace('prometheus.io/path: /metrics', 'prometheus.io/path: /mine'),
    runUninject,
  );
  expect(changed).toMatchObject({ code: 0, err: expect.stringContaining('(changed_since)') });
  expect(changed.out).toContain('prometheus.io/path: /mine');
  const torn = out.replace(/(metrics-sidecar\.io\/status: ')\{"version/, '$1{{"version');
  const left = await printedWithInput(torn, runUninject, '-o', 'short');
  expect(left).toMatchObject({ code: 1, out: expect.stringMatching(/^Deployment\/web +invalid/) });
});

test('flags of the engine are not its own', async () => {
  const { code, err } = await printedWithInput(text, runUninject, '--kubernetes-version=1.28');
  expect(code).toBe(2);
  expect(err).toContain('--kubernetes-version: no such flag');
});
