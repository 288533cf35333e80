import { parsePatch } from 'diff';
import { describe, expect, test } from 'vitest';
import { kindNames } from '../../../src/kinds/kind-names.ts';
import { readManifest } from '../../../src/manifest/read/manifest.ts';
import {
  changedText,
  colouredDiff,
  diffOutput,
  joined,
  jsonOutput,
  patchOutput,
  shortOutput,
} from '../../../src/offline/change/change-output.ts';
import { injectManifest } from '../../../src/offline/change/inject-manifest.ts';
import { facts, settings } from '../../inject/cluster.ts';
import { patched } from '../../inject/pods.ts';

const cluster = { settings: settings(), facts: () => facts(), findNamespace: () => undefined };
const injected = (text: string, source = './shop/web.yaml') => injectManifest(readManifest(text, source), [], cluster);

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata:
      annotations:
        metrics-sidecar.io/inject: statsd # as agreed
    spec:
      containers:
      - name: app
`;
const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {a: b}}\n';
const asked = (inject: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: web, annotations: {metrics-sidecar.io/inject: "${inject}"}}\nspec: {containers: [{name: a}]}\n`;

describe('texts one after the other read as each alone', () => {
  const yaml = (text: string) => ({ text, isJson: false });
  const json = (text: string) => ({ text, isJson: true });

  test.each([
    ['one, as it is', [yaml('\ufeffa: 1')], '\ufeffa: 1'],
    ['none', [], ''],
    ['two', [yaml('a: 1\n'), yaml('b: 2\n')], 'a: 1\n---\nb: 2\n'],
    ['without a last line break', [yaml('a: 1'), yaml('\ufeffb: 2')], 'a: 1\n---\nb: 2'],
    ['with a separator of its own', [yaml('a: 1\n'), yaml('--- # b\nb: 2\n')], 'a: 1\n--- # b\nb: 2\n'],
    ['dashes that separate nothing', [yaml('a: 1\n'), yaml('----: 2\n')], 'a: 1\n---\n----: 2\n'],
    ['an empty one first', [yaml(''), yaml('a: 1\n')], 'a: 1\n'],
    ['JSON', [json('{}'), json('{"a":1}\n'), json('{}\n')], '{}\n{"a":1}\n{}\n'],
    ['JSON and YAML', [json('{}'), yaml('a: 1\n'), json('{}')], '{}\n---\na: 1\n---\n{}'],
  ])('%s', (_, texts, expected) => expect(joined(texts)).toBe(expected));
});

test('JSON: every object, changed or not, and what is no object too', () => {
  const result = injected(`${service}---\nreplicas: 3\n---\n${deployment}`);
  const values = jsonOutput([result])
    .split(/\n(?=\{)/)
    .map((text) => JSON.parse(text));
  expect(values).toHaveLength(3);
  expect(values[1]).toEqual({ replicas: 3 });
  expect(values).toEqual(readManifest(changedText(result), 'x').documents.map(({ value }) => value));
});

test('patches: one line for each object that changes, with what it is; paths begin at the object', () => {
  const list = `apiVersion: v1\nkind: List\nitems:\n- ${service.trimEnd().replaceAll('\n', '\n  ')}\n- ${deployment.trimEnd().replaceAll('\n', '\n  ')}\n`;
  const [line, rest] = patchOutput([injected(`${list}---\n${service}`)]).split('\n');
  expect(rest).toBe('');
  const { patch, ...identity } = JSON.parse(line!);
  expect(identity).toEqual({
    source: './shop/web.yaml',
    document: 1,
    line: 10,
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
  });
  const [before, after] = [deployment, changedText(injected(deployment))].map(
    (text) => readManifest(text, 'x').documents[0]!.value,
  );
  expect(patched(before as never, { patch })).toEqual(after);
});

describe('the diff', () => {
  const diff = diffOutput([injected(deployment), injected(service, '/etc/s.yaml'), injected(asked('ingest'), '-')]);

  test('has a part for each text that changes, as patch -p1 takes it', () => {
    const names = parsePatch(diff).map(({ oldFileName, newFileName }) => [oldFileName, newFileName]);
    expect(names).toEqual([
      ['a/shop/web.yaml', 'b/shop/web.yaml'],
      ['a/stdin', 'b/stdin'],
    ]);
  });

  test('in colour says the same', () => {
    const coloured = colouredDiff(diff);
    expect(coloured.replaceAll(/\u001b\[\d*m/g, '')).toBe(diff);
    expect(coloured).toMatch(
      /^\u001b\[1m--- a\/shop\/web\.yaml\u001b\[0m\n\u001b\[1m\+\+\+ .*\n\u001b\[36m@@ .*\n {5}metadata:/m,
    );
    expect(coloured).toContain('\u001b[32m+      labels:\u001b[0m\n');
  });
});

test('short: a line for each object of which something is to be said', () => {
  const texts = [
    deployment,
    service,
    asked('false'),
    asked('statds'),
    asked('statsd').replace('name: a', 'name: metrics-sidecar'),
  ];
  expect(shortOutput([injected(texts.join('---\n'))])).toBe(
    [
      'Deployment/web  injected   statsd',
      'Pod/web         unchanged  -       opted out',
      `Pod/web         invalid    -       metrics-sidecar.io/inject: wrong value: "statds" is not a kind (${kindNames.join(', ')}); did you mean "statsd"?`,
      'Pod/web         skipped    statsd  container metrics-sidecar: the name is taken',
      '',
    ].join('\n'),
  );
  expect(shortOutput([injected(service)])).toBe('');
});

test('names cannot move a cursor', () => {
  const text = asked('statsd').replace('name: web', 'name: "a\\e[2Jb"');
  expect(shortOutput([injected(text)])).toMatch(/^Pod\/a\?\[2Jb /);
});
