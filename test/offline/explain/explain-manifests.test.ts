import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { editDocument, operationsAt } from '../../../src/manifest/edit/edit-document.ts';
import { explainManifests } from '../../../src/offline/explain/explain-manifests.ts';
import { explainJson } from '../../../src/offline/explain/explain-text.ts';
import { applyEdits } from '../../../src/text/text-edit.ts';
import { corpus, folders } from '../../inject/corpus.ts';
import { type Given, setOf } from '../set.ts';

async function explained(text: string, given: Given = {}) {
  const { evaluated, cluster } = setOf({ 'a.yaml': text }, given);
  return explainManifests(evaluated, cluster);
}

const pod = (annotations: string, ports = '') => `apiVersion: v1
kind: Pod
metadata:
  name: orders
  annotations: {${annotations}}
spec:
  containers:
  - {name: app, image: a:1${ports}}
`;
const statsd = 'metrics-sidecar.io/inject: statsd';

test('who asked, by what, and where that stands', async () => {
  const at = { source: 'a.yaml', line: 5, column: 17 };
  const annotation = { by: 'annotation', key: 'metrics-sidecar.io/inject', value: 'statsd', at };
  expect(await explained(pod(statsd))).toMatchObject([{ asked: annotation, decision: 'injected', kinds: ['statsd'] }]);
  expect(await explained(pod('a: b'))).toMatchObject([{ asked: { by: 'nothing' }, decision: 'unchanged' }]);
  const namespace =
    'apiVersion: v1\nkind: Namespace\nmetadata: {name: default, labels: {metrics-sidecar.io/inject: ingest}}\n---\n';
  expect(await explained(namespace + pod('a: b'))).toMatchObject([
    { asked: { by: 'namespace', value: 'ingest', at: { line: 3, column: 36 } }, kinds: ['ingest'] },
  ]);
});

test('where each setting came from, and what is used where a default was taken', async () => {
  const text = pod(`${statsd}, metrics-sidecar.io/env: "false"`, ', ports: [{containerPort: 9102}]');
  const [one] = await explained(text, { defaults: { 'metrics-sidecar.io/log-level': 'debug' } });
  const setting = (key: string) => one!.sidecar!.settings.find((some) => some.key === key);
  expect(setting('metrics-sidecar.io/env')).toEqual({
    key: 'metrics-sidecar.io/env',
    value: 'false',
    source: 'annotation',
    at: { source: 'a.yaml', line: 5, column: 52 },
  });
  expect(setting('metrics-sidecar.io/log-level')).toMatchObject({ value: 'debug', source: 'settings' });
  expect(setting('metrics-sidecar.io/metrics-port')).toMatchObject({
    value: '9102',
    source: 'default',
    instead: '9103',
  });
  expect(setting('metrics-sidecar.io/container-patch')).toMatchObject({ value: null, source: 'default' });
  expect(setting('haproxy.metrics-sidecar.io/listen-port')).toBeUndefined();
  expect(one!.sidecar!.apps).toEqual([{ container: 'app', variables: {}, kept: [] }]);
});

test('what Prometheus sees', async () => {
  const targetOf = async (annotations: string) => (await explained(pod(annotations)))[0]!.sidecar!.target;
  expect(await targetOf(statsd)).toEqual({
    ...{ port: 9102, path: '/metrics', portName: 'ms-metrics', annotations: 'ours', reachedByAnnotations: true },
  });
  const own = `${statsd}, prometheus.io/scrape: "true", prometheus.io/port: "8080"`;
  expect(await targetOf(own)).toMatchObject({ annotations: 'theirs', reachedByAnnotations: false });
  expect(await targetOf(`${own}, metrics-sidecar.io/merge-app-metrics: "true"`)).toMatchObject({
    ...{ annotations: 'merged', reachedByAnnotations: true, merged: 'http://127.0.0.1:8080/metrics' },
  });
});

test('a Service says which of the manifests are behind it; one that asks for nothing is not spoken of', async () => {
  const service = (annotation: string) =>
    `apiVersion: v1\nkind: Service\nmetadata: {name: s, annotations: {${annotation}}}\nspec: {selector: {app: a}}\n---\n`;
  const labelled = pod(statsd).replace('name: orders', 'name: orders\n  labels: {app: a}');
  const all = await explained(service('metrics-sidecar.io/scrape: "true"') + labelled);
  expect(all).toMatchObject([{ subject: 'service', pods: ['Pod/orders'], decision: 'injected' }, { subject: 'pod' }]);
  expect(await explained(service('a: b') + labelled)).toMatchObject([{ subject: 'pod' }]);
});

test('findings of a mapping, of a wrong level and of the pod come in the order of their lines', async () => {
  const text = `apiVersion: apps/v1
kind: Deployment
metadata: {name: orders, annotations: {metrics-sidecar.io/env: "false"}}
spec:
  template:
    metadata:
      annotations:
        metrics-sidecar.io/inject: statsd
        metrics-sidecar.io/native: never
        statsd.metrics-sidecar.io/mapping: 'mappings: [{match: "a.*"}]'
    spec: {containers: [{name: app, image: a:1}]}
`;
  const [one] = await explained(text);
  expect(one!.findings.map(({ line, code }) => [line, code])).toEqual([
    [3, 'wrong_level'],
    [9, 'bad_value'],
    [10, 'mapping_invalid'],
  ]);
});

test('property of the corpus: the hunks are those of the change, at the lines of the file', async () => {
  for (const folder of folders.filter((name) => name.startsWith('manifest-'))) {
    const text = readFileSync(join(corpus, folder, 'manifest.yaml'), 'utf8');
    const { evaluated, cluster } = setOf({ 'a.yaml': text });
    const objects = await explainManifests(evaluated, cluster);
    for (const { document, evaluations } of evaluated) {
      for (const { location, outcome } of evaluations) {
        if (outcome.patch.length === 0) continue;
        const edited = editDocument(document, operationsAt(location.pointer, outcome.patch));
        if (!edited.ok) throw new Error(edited.problem);
        const after = applyEdits(text, edited.value).split(/\r\n|\n|\r/);
        const before = text.split(/\r\n|\n|\r/);
        const found = objects.some(({ diff }) => diff !== '' && fits(diff, before, after));
        expect(found, `${folder} ${document.number} ${location.pointer}`).toBe(true);
      }
    }
  }
});

/** Whether every line of the hunks stands where their headers say. */
function fits(diff: string, before: readonly string[], after: readonly string[]): boolean {
  let [old, now] = [0, 0];
  return diff
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .every((line) => {
      const [, from, to] = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(line) ?? [];
      if (from !== undefined) {
        [old, now] = [Number(from) - 1, Number(to) - 1];
        return true;
      }
      if (line === '' || line.startsWith('\\')) return true;
      const text = line.slice(1).replace(/^\ufeff/, '');
      const isOld = line[0] === '+' || before[old++]?.replace(/^\ufeff/, '') === text;
      const isNow = line[0] === '-' || after[now++]?.replace(/^\ufeff/, '') === text;
      return isOld && isNow;
    });
}

test('JSON has everything, the settings that nobody set too', async () => {
  const objects = await explained(pod(statsd));
  const json = JSON.parse(explainJson(objects, '1.2.3', new Map([['statsd', ['a_total']]])));
  expect(json).toMatchObject({
    version: '1.2.3',
    metrics: { statsd: ['a_total'] },
    objects: [{ object: 'Pod/orders' }],
  });
  expect(json.objects[0].sidecar.settings.length).toBeGreaterThan(30);
});

test('a document in one long line is explained by the operations, not by the line for each of its pods', async () => {
  const one = (name: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, annotations: { 'metrics-sidecar.io/inject': 'statsd', text: 'x'.repeat(3000) } },
    spec: { containers: [{ name: 'app' }] },
  });
  const list = { apiVersion: 'v1', kind: 'List', items: [one('a'), one('b')] };
  for (const { diff } of await explained(`${JSON.stringify(list)}\n`)) {
    expect(diff).toMatch(/^\+ {"op":"add","path":"\/spec\/initContainers"/m);
    expect(diff).not.toContain('xxx');
  }
});

test('of many pods behind a Service a hundred are told, and how many there are', async () => {
  const service = `apiVersion: v1\nkind: Service\nmetadata: {name: s, annotations: {metrics-sidecar.io/scrape: "true"}}\nspec: {selector: {app: a}}\n`;
  const pods = Array.from(
    { length: 120 },
    (_, i) =>
      `---\napiVersion: v1\nkind: Pod\nmetadata: {name: p${i}, labels: {app: a}}\nspec: {containers: [{name: a}]}\n`,
  );
  const [told] = (await explained(service + pods.join(''))).filter(({ subject }) => subject === 'service');
  expect(told).toMatchObject({ podCount: 120, findings: [{ code: 'service_without_sidecar' }] });
  expect(told?.pods).toHaveLength(100);
  expect(told?.findings[0]?.sentence).toMatch(/: Pod\/p0, Pod\/p1, .*, Pod\/p9 and 110 more$/);
});
