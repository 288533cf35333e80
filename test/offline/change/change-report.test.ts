import { expect, test } from 'vitest';
import { readManifest } from '../../../src/manifest/read/manifest.ts';
import { changedText } from '../../../src/offline/change/change-output.ts';
import { problemsOf, reportOf } from '../../../src/offline/change/change-report.ts';
import { injectManifest } from '../../../src/offline/change/inject-manifest.ts';
import { uninjectManifest } from '../../../src/offline/change/uninject-manifest.ts';
import { styleOf } from '../../../src/terminal/style.ts';
import { facts, settings } from '../../inject/cluster.ts';

const cluster = { settings: settings(), facts: () => facts(), findNamespace: () => undefined };
const plain = styleOf(false, {});
const read = (text: string) => readManifest(text, 'm.yaml');
const injected = (text: string) => injectManifest(read(text), [], cluster);

const pod = (name: string, annotations: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n  annotations: {${annotations}}\nspec: {containers: [{name: a}]}\n`;

const text = [
  pod('good', 'metrics-sidecar.io/inject: statsd, ingest.metrics-sidecar.io/port: "1"'),
  'kind: [\n',
  pod('bad', 'metrics-sidecar.io/inject: statds'),
  pod('must', 'metrics-sidecar.io/inject: statds, metrics-sidecar.io/required: "true"'),
  pod('none', ''),
].join('---\n');

test('what became of each object and every finding, in the order of the text, and a sum', () => {
  expect(reportOf('inject', [injected(text)], plain).split('\n')).toEqual([
    'm.yaml:4:3: Pod/good: injected: statsd',
    'm.yaml:5:52: warning: Pod/good: ingest.metrics-sidecar.io/port: the kind is not asked for (kind_not_asked)',
    expect.stringMatching(/^m\.yaml:9:1: error: document 2: /),
    'm.yaml:13:3: Pod/bad: not injected',
    expect.stringMatching(/^m\.yaml:14:17: error: Pod\/bad: .* did you mean "statsd"\? \(bad_value\)$/),
    'm.yaml:20:3: Pod/must: refused',
    expect.stringMatching(/^m\.yaml:21:17: error: Pod\/must: /),
    'm.yaml:27:3: Pod/none: unchanged: nothing asks for a sidecar',
    'metrics-sidecar inject: 1 injected, 1 unchanged, 1 not injected, 1 refused, 1 warning, 1 document with errors',
    '',
  ]);
});

test('only what is wrong with the documents', () => {
  expect(problemsOf([injected(text)], plain)).toMatch(/^m\.yaml:9:1: error: document 2: [^\n]*\n$/);
});

test('nothing to do', () => {
  const nothing = 'metrics-sidecar inject: no pods, workloads or Services\n';
  expect(reportOf('inject', [injected('kind: ConfigMap\n')], plain)).toBe(nothing);
  expect(reportOf('inject', [], plain)).toBe(nothing);
});

test('of uninject', () => {
  const after = changedText(injected(text)).replace('- name: STATSD_HOST', '- name: STATSD_SOMEWHERE');
  const changed = after.replace('prometheus.io/port: "9102"', 'prometheus.io/port: "8080"');
  const lines = reportOf('uninject', [uninjectManifest(read(changed), [])], plain).split('\n');
  expect(lines.at(0)).toBe('m.yaml:4:3: Pod/good: uninjected');
  expect(lines.at(1)).toMatch(/^m\.yaml:5:\d+: warning: Pod\/good: annotation prometheus\.io\/port: changed since/);
  expect(lines.at(-2)).toMatch(
    /^metrics-sidecar uninject: 2 uninjected, 2 unchanged, 1 warning, 1 document with errors$/,
  );
});

test('colours', () => {
  const report = reportOf('inject', [injected(text)], styleOf(true, {}));
  expect(report).toContain('\u001b[32minjected\u001b[0m: statsd');
  expect(report).toContain('\u001b[33mwarning\u001b[0m: Pod/good');
  expect(report.replaceAll(/\u001b\[\d+m/g, '')).toBe(reportOf('inject', [injected(text)], plain));
});
