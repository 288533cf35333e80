import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPodTemplatePath } from '../../src/manifest/pod-template-path.ts';
import { readManifest } from '../../src/manifest/read/manifest.ts';
import { changedText } from '../../src/offline/change/change-output.ts';
import { reportOf } from '../../src/offline/change/change-report.ts';
import { injectManifest } from '../../src/offline/change/inject-manifest.ts';
import { uninjectManifest } from '../../src/offline/change/uninject-manifest.ts';
import { evaluateDocument } from '../../src/offline/evaluate/evaluate.ts';
import { explainManifests } from '../../src/offline/explain/explain-manifests.ts';
import { explainText } from '../../src/offline/explain/explain-text.ts';
import { lint } from '../../src/offline/lint/lint-manifests.ts';
import { lintText } from '../../src/offline/lint/lint-report.ts';
import { styleOf } from '../../src/terminal/style.ts';
import { facts, settings } from '../inject/cluster.ts';

// `UPDATE_GOLDENS=1 npx vitest run --project unit test/offline/custom-resources.test.ts` writes the goldens again.
const folder = join(import.meta.dirname, '../golden/offline/custom-resources');
const text = readFileSync(join(folder, 'manifest.yaml'), 'utf8');
const manifest = readManifest(text, 'manifest.yaml');
const given = facts({});
const cluster = { settings: settings({}), facts: () => given, findNamespace: () => undefined };
const evaluated = manifest.documents.flatMap((document) => evaluateDocument(document, [], cluster));
const style = styleOf(false, {});

function expectGolden(name: string, actual: string): void {
  if (process.env.UPDATE_GOLDENS) writeFileSync(join(folder, name), actual);
  expect(actual).toBe(readFileSync(join(folder, name), 'utf8'));
}

test('inject says what it leaves to the webhook, and changes no byte', () => {
  const change = injectManifest(manifest, [], cluster);
  expectGolden('inject.txt', reportOf('inject', [change], style));
  expect(changedText(change)).toBe(text);
});

test('lint judges the templates, and says which annotations nobody here reads', async () => {
  expectGolden('lint.txt', lintText(await lint([manifest], evaluated, cluster), style));
});

test('explain says of each template what the webhook does', async () => {
  const printing = { style, isColoured: false, width: 100, settingsFile: undefined, examples: new Map() };
  expectGolden('explain.txt', explainText(await explainManifests(evaluated, cluster), printing));
});

test('a path injects one, and uninject takes it off without the path', () => {
  const path = readPodTemplatePath('Rollout.argoproj.io=spec.template');
  const injected = changedText(injectManifest(manifest, path.ok ? [path.value] : [], cluster));
  expect(injected).toContain('restartPolicy: Always');
  expect(changedText(injectManifest(readManifest(injected, 'a.yaml'), [], cluster))).toBe(injected);
  expect(changedText(uninjectManifest(readManifest(injected, 'a.yaml'), []))).toBe(text);
});

test.each([
  ['spec: {podAnnotations: {metrics-sidecar.io/inject: statsd}}', ['spec.podAnnotations metrics-sidecar.io/inject']],
  ['spec: {a: [{annotations: {metrics-sidecar.io/inject: 3}}]}', ['spec.a[0].annotations metrics-sidecar.io/inject']],
  ['spec: {annotations: null}', []],
  ['spec: {annotations: [metrics-sidecar.io/inject]}', []],
  ['spec: {data: {metrics-sidecar.io/inject: statsd}}', []],
  ['spec: {annotations: {example.test/inject: statsd}}', []],
])('annotations that no template holds: %s', (spec, subjects) => {
  const { documents } = readManifest(`{apiVersion: example.test/v1, kind: Cache, metadata: {name: a}, ${spec}}`, 'a');
  const [object] = documents.flatMap((document) => evaluateDocument(document, [], cluster));
  expect(object!.misplaced.map(({ code, subject }) => [code, subject])).toEqual(
    subjects.map((subject) => ['template_unread', subject]),
  );
});

test('a thousand places are said in ten', () => {
  const items = Array.from({ length: 1000 }, () => '{podAnnotations: {metrics-sidecar.io/inject: statsd}}').join(', ');
  const { documents } = readManifest(`{apiVersion: example.test/v1, kind: Cache, spec: {a: [${items}]}}`, 'a');
  const [object] = documents.flatMap((document) => evaluateDocument(document, [], cluster));
  expect(object!.misplaced).toHaveLength(10);
});
