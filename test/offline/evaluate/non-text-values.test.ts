import { expect, test } from 'vitest';
import { readManifest } from '../../../src/manifest/read/manifest.ts';
import { changedText } from '../../../src/offline/change/change-output.ts';
import { injectManifest } from '../../../src/offline/change/inject-manifest.ts';
import { linted, setOf } from '../set.ts';

const kinds: readonly (readonly [kind: string, apiVersion: string, template: readonly string[]])[] = [
  ['Pod', 'v1', []],
  ['Deployment', 'apps/v1', ['spec', 'template']],
  ['StatefulSet', 'apps/v1', ['spec', 'template']],
  ['DaemonSet', 'apps/v1', ['spec', 'template']],
  ['ReplicaSet', 'apps/v1', ['spec', 'template']],
  ['ReplicationController', 'v1', ['spec', 'template']],
  ['PodTemplate', 'v1', ['template']],
  ['Job', 'batch/v1', ['spec', 'template']],
  ['CronJob', 'batch/v1', ['spec', 'jobTemplate', 'spec', 'template']],
];

/** A workload in block style, each annotation and label of its pods in a line of its own. */
function workload(kind: string, apiVersion: string, template: readonly string[], lines: readonly string[]): string {
  const indent = (depth: number) => '  '.repeat(depth);
  const above = template.flatMap((step, i) => [`${indent(i)}${step}:`]);
  const own = kind === 'Pod' ? [] : ['metadata:', '  name: orders'];
  const at = template.length;
  return [
    `apiVersion: ${apiVersion}`,
    `kind: ${kind}`,
    ...own,
    ...above,
    `${indent(at)}metadata:`,
    ...(kind === 'Pod' ? ['  name: orders'] : []),
    ...lines.map((line) => indent(at + 1) + line),
    `${indent(at)}spec:`,
    `${indent(at + 1)}containers: [{name: app, image: app}]`,
    '',
  ].join('\n');
}

const written = [
  'annotations:',
  '  metrics-sidecar.io/inject: statsd',
  '  statsd.metrics-sidecar.io/udp-port: 8125',
  'labels:',
  '  app: yes',
];

test.each(kinds)('%s: a number and a boolean without quotes, with line, key and cure', async (...[kind, api, path]) => {
  const text = workload(kind, api, path, written);
  const lineOf = (word: string) => text.split('\n').findIndex((line) => line.includes(word)) + 1;
  const found = await linted(text);
  const at = path.map((step, i) => (i === 0 ? step : `.${step}`)).join('');
  const dot = at === '' ? '' : `${at}.`;
  expect(found).toMatchObject([
    { code: 'not_string', severity: 'error', line: lineOf('8125'), object: `${kind}/orders` },
    { code: 'not_string', severity: 'error', line: lineOf('yes') },
  ]);
  expect(found.map(({ sentence }) => sentence)).toEqual([
    `${dot}metadata.annotations statsd.metrics-sidecar.io/udp-port: must be a string, or the API server refuses the object: 8125 is a number; write "8125" in quotes`,
    `${dot}metadata.labels app: must be a string, or the API server refuses the object: yes is a boolean; write "yes" in quotes`,
  ]);
  const quoted = text.replace(': 8125', ': "8125"').replace(': yes', ': "yes"');
  expect(await linted(quoted)).toEqual([]);
});

test.each([
  ['true', '"a": must be', 'true is a boolean; write "true" in quotes'],
  ['0x1F', '', '0x1F is a number; write "0x1F" in quotes'],
  ['1_000', '', '1_000 is a number; write "1_000" in quotes'],
  ['1.20', '', '1.20 is a number; write "1.20" in quotes'],
  ['', '', 'it is null; write "" or leave the key out'],
  ['~', '', 'it is null; write "" or leave the key out'],
  ['[a]', '', 'it is a list; write a string'],
  ['{a: b}', '', 'it is a map; write a string'],
])('%s', async (value, _, cure) => {
  const [one] = await linted(workload('Pod', 'v1', [], ['labels:', `  a: ${value}`]));
  expect(one?.sentence.endsWith(`: ${cure}`), one?.sentence).toBe(true);
});

test('JSON, a List and objects without pods', async () => {
  const items = [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', labels: { version: 1 } } },
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'b', annotations: { 'metrics-sidecar.io/scrape': true } } },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'c', labels: { 'metrics-sidecar.io/inject': true } } },
    { apiVersion: 'example.com/v1', kind: 'Custom', metadata: { name: 'd', annotations: { a: null } } },
  ];
  const found = await linted(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2));
  expect(found.map(({ object, code }) => `${object} ${code}`)).toEqual([
    'ConfigMap/a not_string',
    'Service/b not_string',
    'Namespace/c not_string',
    'Namespace/c bad_namespace_label',
    'Custom/d not_string',
  ]);
});

test('a value of ours that quotes would not cure is told what it takes', async () => {
  const found = await linted(workload('Pod', 'v1', [], ['annotations:', '  metrics-sidecar.io/inject: true']));
  expect(found.map(({ sentence, advice }) => `${sentence}. ${advice}`)).toEqual([
    'metadata.annotations metrics-sidecar.io/inject: must be a string, or the API server refuses the object: true is a boolean. ',
    'metrics-sidecar.io/inject: wrong value: "true" is not a kind (statsd, ingest, port-monitor, haproxy). Write the kinds, such as metrics-sidecar.io/inject: "statsd".',
  ]);
});

test('a volume claim and the template of a CronJob have labels, too', async () => {
  const claims = 'spec: {volumeClaimTemplates: [{metadata: {labels: {a: 1}}}], template: {metadata: {}, spec: {}}}';
  const jobs = 'spec: {jobTemplate: {metadata: {annotations: {a: 1}}, spec: {template: {metadata: {}, spec: {}}}}}';
  const found = await linted({
    'a.yaml': `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: a}\n${claims}\n`,
    'b.yaml': `apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: b}\n${jobs}\n`,
  });
  expect(found.filter(({ code }) => code === 'not_string').map(({ sentence }) => sentence.split(':')[0])).toEqual([
    'spec.volumeClaimTemplates[0].metadata.labels a',
    'spec.jobTemplate.metadata.annotations a',
  ]);
});

test.each(kinds)('%s: inject leaves it as it is, with the finding', (kind, api, path) => {
  const text = workload(kind, api, path, written);
  const { cluster } = setOf({ 'a.yaml': text });
  const changed = injectManifest(readManifest(text, 'a.yaml'), [], cluster);
  expect(changedText(changed)).toBe(text);
  expect(changed.objects).toMatchObject([{ decision: 'invalid', patch: [], findings: [{}, {}] }]);
  expect(changed.objects[0]!.findings.map(({ severity, reason }) => `${severity} ${reason.code}`)).toEqual([
    'error not_string',
    'error not_string',
  ]);
});

test('a document that nobody asks to be injected keeps its decision, and is an error all the same', () => {
  const text = workload('Deployment', 'apps/v1', ['spec', 'template'], ['labels:', '  app: 1']);
  const changed = injectManifest(readManifest(text, 'a.yaml'), [], setOf({ 'a.yaml': text }).cluster);
  expect(changed.objects).toMatchObject([{ decision: 'unchanged', patch: [] }]);
  expect(changed.objects[0]!.findings).toMatchObject([{ severity: 'error' }, { severity: 'info' }].slice(0, 1));
});

test('of thousands of them a hundred are told', async () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `  k${i}: ${i}`);
  const found = await linted(workload('Pod', 'v1', [], ['labels:', ...lines]));
  expect(found.filter(({ code }) => code === 'not_string')).toHaveLength(100);
});
