import { expect, test } from 'vitest';
import { locate } from '../../src/manifest/path.ts';
import { readManifest } from '../../src/manifest/read/manifest.ts';

const text = `# first
kind: Pod
metadata:
  annotations:
    metrics-sidecar.io/inject: "statsd"
    "x/y" : z
spec: {containers: [{name: a}, {name: b}]}
base: &base
  image: x
other:
  <<: *base
  list:
  - - deep
`;

test.each([
  [[], 'key', 2, 1],
  [['kind'], 'key', 2, 1],
  [['kind'], 'value', 2, 7],
  [['metadata', 'annotations'], 'value', 5, 5],
  [['metadata', 'annotations', 'metrics-sidecar.io/inject'], 'key', 5, 5],
  [['metadata', 'annotations', 'metrics-sidecar.io/inject'], 'value', 5, 32],
  ['/metadata/annotations/x~1y', 'key', 6, 5],
  [['spec', 'containers', 1, 'name'], 'value', 7, 39],
  [['spec', 'containers', 1], 'key', 7, 32],
  [['other', 'image'], 'value', 9, 10],
  [['other', 'list', 0, 0], 'value', 13, 7],
  // What is not there: the last on the way that is.
  [['metadata', 'labels', 'x'], 'value', 3, 1],
  [['nothing'], 'key', 2, 1],
] as const)('%j, its %s, stands in line %i column %i', (path, what, line, column) => {
  const [document] = readManifest(text, 'a.yaml').documents;
  expect(locate(document!, path, what)).toEqual({ line, column });
});

test('lines are those of the file, not of the document', () => {
  const { documents } = readManifest('\ufeffa: 1\r\n---\r\nb:\r\n  c: 2\r\n---\n{"d":1}\n{"e":\n2}', 'a.yaml');
  expect(documents.map((document) => locate(document, ['b', 'c']))).toMatchObject([
    { line: 1 },
    { line: 4 },
    { line: 6 },
    { line: 7 },
  ]);
  expect(locate(documents[3]!, ['e'], 'value')).toEqual({ line: 8, column: 1 });
});
