import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCertificate, readCertificates, readKey } from '../../src/certificates/pem/pem.ts';
import { chainProblem } from '../../src/certificates/pem/verify.ts';
import { readState } from '../../src/certificates/store/secret-state.ts';
import { judgeTargets } from '../../src/check/checks/prometheus-targets.ts';
import type { PodRecord } from '../../src/check/cluster/pod-record.ts';
import { podRecord } from '../../src/check/cluster/pod-record.ts';
import { problemOf, readBody, warningsOf } from '../../src/kube/connection/api-answer.ts';
import { jsonLines } from '../../src/kube/connection/json-lines.ts';
import { fromKubeconfig } from '../../src/kube/connection/kubeconfig.ts';
import { watchEvent } from '../../src/kube/watch/watch-event.ts';
import { readServingCertificate } from '../../src/webhook/tls/serving-certificate.ts';
import { steepness } from './growth.ts';
import { many } from './many.ts';
import { attackShapes, type Shape } from './shapes.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'linear-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function kubeconfig(...texts: readonly string[]): Promise<void> {
  const files = texts.map((_, i) => join(folder, `config${i}`));
  await Promise.all(texts.map((text, i) => writeFile(files[i]!, text)));
  await fromKubeconfig(files.join(':'), undefined, {});
}

/** As the connection brings them: in pieces that end anywhere. */
function watched(text: string): void {
  const lines = jsonLines(2 ** 24, watchEvent);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 7) if (lines.write(bytes.subarray(at, at + 7)) !== undefined) return;
}

const answered = (text: string, contentType: string) => {
  const answer = { status: 500, contentType, bytes: Buffer.from(text), headers: {} } as never;
  problemOf('list pods', answer);
  readBody(answer);
};
const pemOf = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
const read = (text: string) => {
  readCertificates(text);
  readCertificate(text);
  readKey(text);
  readServingCertificate(text as never, text as never, 0 as never);
  chainProblem(text, text, ['a'], 0);
};

/** What an API server, a kubeconfig or a Secret may hold. */
const parts: Readonly<Record<string, (text: string) => unknown>> = {
  'a kubeconfig': kubeconfig,
  'a context of a kubeconfig': (text) =>
    kubeconfig(JSON.stringify({ contexts: [{ name: text }], 'current-context': text })),
  'a server of a kubeconfig': (text) =>
    kubeconfig(
      JSON.stringify({
        clusters: [{ name: 'a', cluster: { server: text } }],
        users: [{ name: 'a', user: { token: text } }],
        contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
        'current-context': 'a',
      }),
    ),
  'lines of a watch': watched,
  'an event of a watch': (text) =>
    watched(`${JSON.stringify({ type: 'ADDED', object: { kind: text, metadata: { name: text } } })}\n`),
  'an answer in JSON': (text) => answered(text, 'application/json'),
  'an answer in HTML': (text) => answered(text, 'text/html'),
  'a message of an answer': (text) =>
    answered(JSON.stringify({ kind: 'Status', message: text, reason: text }), 'application/json'),
  'a type of an answer': (text) => answered('', text),
  'warnings of an answer': (text) => warningsOf([text, `299 - "${text}"`]),
  PEM: read,
  'a certificate': (text) => read(pemOf(text)),
  'a Secret': (text) => readState({ 'tls.crt': text, 'tls.key': text, 'ca.crt': text, 'ca.key': text }),
  'the status of a pod': (text) =>
    podRecord({ metadata: { name: 'a', annotations: { 'metrics-sidecar.io/status': text } } } as never),
};

describe.each(Object.entries(parts))('%s', (_, run) => {
  test.each(attackShapes)('$name', async ({ make }) => {
    expect(await steepness(run, make)).toBeUndefined();
  });
});

const entries = (name: string, kinds: readonly string[]): Shape => ({
  name,
  make: (length) =>
    kinds
      .map((kind) =>
        many('', (i) => `- name: ${kind[0]}${i}\n  ${kind.slice(0, -1)}: {server: "https://a:1"}\n`, `${kind}:\n`).make(
          length / kinds.length,
        ),
      )
      .join(''),
});

const manyEntries: readonly Shape[] = [
  entries('contexts', ['contexts']),
  entries('contexts, clusters and users', ['contexts', 'clusters', 'users']),
  many('documents', (i) => `---\na: ${i}\n`),
];

test.each(manyEntries)('two kubeconfigs of many: $name', async ({ make }) => {
  const run = (text: string) => kubeconfig(text, text.replaceAll(/name: (\w)/g, 'name: other$1'));
  expect(await steepness(run, make, 131_072)).toBeUndefined();
});

const manyBytes: readonly Shape[] = [
  many('certificates', () => pemOf('AAAA')),
  many('beginnings of certificates', () => '-----BEGIN CERTIFICATE-----\n'),
  many('ends of certificates', () => '-----END CERTIFICATE-----\n'),
];

test.each(manyBytes)('PEM of many: $name', async ({ make }) => {
  expect(await steepness(read, make)).toBeUndefined();
});

test.each([
  many('events', (i) => `{"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"p${i}","resourceVersion":"1"}}}\n`),
  many('empty lines', () => '\n'),
  many('numbers', (i) => `${i}\n`),
])('a watch of many: $name', async ({ make }) => {
  expect(await steepness(watched, make)).toBeUndefined();
});

test.each([
  ['active', (targets: readonly object[]) => [targets, []] as const],
  ['dropped', (targets: readonly object[]) => [[], targets] as const],
])('as many pods as %s targets', async (_, given) => {
  const run = (text: string) => {
    const count = text.length / 64;
    const address = (i: number) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;
    const pods = Array.from({ length: count }, (__, i) => ({ ...pod, name: `p${i}`, address: address(i) }));
    const targets = pods.map((one) => ({ scrapeUrl: `http://${one.address}:9102/metrics`, health: 'up' }));
    judgeTargets(pods, ...(given(targets) as [[], []]));
  };
  expect(await steepness(run, (length) => ' '.repeat(length))).toBeUndefined();
});

const pod: PodRecord = {
  ...podRecord({ metadata: { name: 'p', namespace: 'a' } } as never),
  status: { metricsPort: 9102, slot: 'ours' } as never,
};
