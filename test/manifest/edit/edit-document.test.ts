import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/json/json.ts';
import type { Operation } from '../../../src/json/operation.ts';
import { editDocument, operationsAt } from '../../../src/manifest/edit/edit-document.ts';
import { readManifest } from '../../../src/manifest/read/manifest.ts';
import { edit } from '../fuzz-run.ts';
import { apply } from '../random-patch.ts';

// UPDATE_GOLDENS=1 writes what comes out; look at the difference before it is kept.
const golden = join(import.meta.dirname, '../../golden/manifest/edit');

function readCase(name: string) {
  const extension = existsSync(join(golden, name, 'before.json')) ? 'json' : 'yaml';
  const read = (file: string) => readFileSync(join(golden, name, file), 'utf8');
  const operations: readonly Operation[] = JSON.parse(read('operations.json'));
  const before = read(`before.${extension}`);
  return { before, operations, after: join(golden, name, `after.${extension}`) };
}

function readOnly(text: string): Json {
  const { documents, problems } = readManifest(text, 'golden');
  expect(problems).toEqual([]);
  return JSON.parse(JSON.stringify(documents[0]!.value));
}

describe.each(readdirSync(golden))('%s', (name) => {
  const { before, operations, after } = readCase(name);
  const edited = edit(before, operations);

  test('reads as written', () => {
    if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(after, edited);
    expect(edited).toBe(readFileSync(after, 'utf8'));
  });

  test('has the value that the operations make', () => {
    expect(readOnly(edited)).toEqual(apply(readOnly(before), operations));
  });

  test('stays as it is where nothing is to be done', () => {
    expect(edit(before, [])).toBe(before);
    expect(edit(edited, [])).toBe(edited);
  });
});

/** What a patch that only adds did not change is given back by its removal. */
test.each([
  'deployment-two-spaces',
  'lists-indented-no-last-break',
  'carriage-returns',
  'prepend-before-comment',
  'json-pretty',
  'json-minified',
  'list-of-objects',
  'resource-list',
  'quoted-at-key-column',
  'empty-lists-on-own-lines',
  'brackets-at-any-column',
])('%s is given back', (name) => {
  const { before, operations } = readCase(name);
  const adding = operations.filter(({ op }) => op === 'add');
  const lengths = (at: string, value: Json) =>
    at
      .split('/')
      .slice(1)
      .reduce<Json>((held, part) => stepInto(held, part), value);
  const removals: Operation[] = [];
  let value = readOnly(before);
  for (const operation of adding) {
    const parent = operation.path.slice(0, operation.path.lastIndexOf('/'));
    const list = lengths(parent, value);
    const path = operation.path.endsWith('/-') ? `${parent}/${(list as readonly Json[]).length}` : operation.path;
    removals.unshift({ op: 'remove', path });
    value = apply(value, [operation]);
  }
  expect(edit(edit(before, adding), removals)).toBe(before);
});

function stepInto(value: Json, part: string): Json {
  const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
  return (value as Record<string, Json>)[key]!;
}

test('what cannot be done is named, and nothing is', () => {
  const [document] = readManifest('kind: Pod\nspec:\n  list: [a]\n', 'f').documents;
  const cases: [Operation, string][] = [
    [{ op: 'remove', path: '/spec/none' }, 'nothing to remove at /spec/none'],
    [{ op: 'replace', path: '/spec/list/1', value: 1 }, 'nothing to replace at /spec/list/1'],
    [{ op: 'add', path: '/spec/list/2', value: 1 }, 'nothing to add at /spec/list/2'],
    [{ op: 'add', path: '/kind/a', value: 1 }, 'nothing to add at /kind/a'],
    [{ op: 'add', path: '/spec/list/x', value: 1 }, 'nothing to add at /spec/list/x'],
    [{ op: 'add', path: 'spec', value: 1 }, '"spec" is no JSON pointer'],
  ];
  for (const [operation, problem] of cases) {
    expect(editDocument(document!, [{ op: 'add', path: '/new', value: 1 }, operation])).toEqual({
      ok: false,
      operation,
      problem,
    });
  }
});

test('a value that is there already changes nothing', () => {
  const text = 'a: {b: "1"}   # c\n';
  expect(edit(text, [{ op: 'replace', path: '/a', value: { b: '1' } }])).toBe(text);
});

test('of a key given twice the last is changed, and both are removed', () => {
  const text = 'a: 1\nb: 2\na: 3\n';
  expect(edit(text, [{ op: 'replace', path: '/a', value: 4 }])).toBe('a: 1\nb: 2\na: 4\n');
  expect(edit(text, [{ op: 'remove', path: '/a' }])).toBe('b: 2\n');
});

test('the operations of an object are put below its place', () => {
  expect(operationsAt('/items/0', [{ op: 'remove', path: '/a' }])).toEqual([{ op: 'remove', path: '/items/0/a' }]);
});

test('one of several documents is edited in the whole text', () => {
  const text = 'a: 1\n---\n# second\nb: 2\n---\n{"c":3}{"d":4}\n';
  const { documents } = readManifest(text, 'f');
  expect(documents.map(({ number, format }) => [number, format])).toEqual([
    [1, 'yaml'],
    [2, 'yaml'],
    [3, 'json'],
    [4, 'json'],
  ]);
  const edits = documents.map((document) => editDocument(document, [{ op: 'add', path: '/x', value: true }]));
  const all = edits.flatMap((edited) => (edited.ok ? edited.value : []));
  const after = [...all]
    .reverse()
    .reduce((now, { start, end, text: put }) => now.slice(0, start) + put + now.slice(end), text);
  expect(after).toBe('a: 1\nx: true\n---\n# second\nb: 2\nx: true\n---\n{"c":3,"x":true}{"d":4,"x":true}\n');
});

test.each([
  [0, '[\n  # one\n  b, # two\n  c # three\n]'],
  [1, '[\n  a, # one\n  # two\n  c # three\n]'],
  [2, '[\n  a, # one\n  b # two\n  # three\n]'],
])('comments between brackets stay when item %i goes', (index, left) => {
  const after = edit('x: [\n  a, # one\n  b, # two\n  c # three\n]\n', [{ op: 'remove', path: `/x/${index}` }]);
  expect(after.replaceAll(/ +(?=#|\n)/g, ' ').replaceAll(/\n +/g, '\n')).toBe(`x: ${left}\n`.replaceAll(/\n +/g, '\n'));
  expect(readOnly(after)).toEqual({ x: ['a', 'b', 'c'].toSpliced(index, 1) });
});

test('an alias that is a key is written out when its anchor goes', () => {
  const text = 'a: &name app\n*name : 1\nb: {*name : 2}\n';
  expect(edit(text, [{ op: 'remove', path: '/a' }])).toBe('app : 1\nb: {app : 2}\n');
});

test('the last entries of a map and of a list leave them empty', () => {
  const text = 'a: # c\n  b: 1\nl:\n- x\n- - y # d\n';
  expect(
    edit(
      text,
      ['/a/b', '/l/0', '/l/0/0'].map((path) => ({ op: 'remove', path }) as const),
    ),
  ).toBe('a: {} # c\nl:\n- [] # d\n');
});

test.each([
  ['"b"', 'c', '"c"'],
  ["'b'", 'c', "'c'"],
  ["'b'", "it's", "'it''s'"],
  ['b', 'c', 'c'],
  ['b', '1', '"1"'],
  // The quotes were needed and say nothing.
  ['"1"', 'c', 'c'],
  ["'1'", '2', "'2'"],
  ["'b'", 'x\ty', '"x\\ty"'],
])('%s becomes %j as %s, in blocks and between brackets', (before, value, after) => {
  for (const [open, close] of [
    ['a: ', '\n'],
    ['- a: ', ' # why\n'],
    ['x: {a: ', '}\n'],
  ]) {
    const path = { a: '/a', '-': '/0/a', x: '/x/a' }[open![0]!]!;
    expect(edit(open + before + close, [{ op: 'replace', path, value }])).toBe(open! + after + close);
  }
});
