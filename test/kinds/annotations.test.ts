import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { serviceAnnotations } from '../../src/contract/service-annotations.ts';
import { asked, podAnnotations } from '../../src/kinds/annotations.ts';
import { kindNames } from '../../src/kinds/kind-names.ts';

const all = [...podAnnotations.values(), ...Object.values(serviceAnnotations)];

test('no two annotations share a key', () => {
  const keys = all.map(({ key }) => key);
  expect(keys).toEqual([...new Set(keys)]);
});

describe.each(all.map((annotation) => [annotation.key, annotation] as const))('%s', (key, annotation) => {
  test('is a qualified name of Kubernetes', () => {
    // https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/#syntax-and-character-set
    expect(key).toMatch(/^[a-z0-9.-]{1,253}\/[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
  });

  test('has an example and a default that its codec reads back', () => {
    expect(annotation.codec.parse(annotation.example)).toMatchObject({ ok: true });
    const { default: standard, codec } = annotation;
    expect(codec.parse(codec.format(standard))).toEqual({ ok: true, value: standard });
  });

  test('has a doc sentence', () => {
    expect(annotation.doc).toMatch(/^[A-Z].*[.]$/);
  });
});

test('what is asked for is read in any order and written in one', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...kindNames), { minLength: 1 }), (words) => {
      const value = kindNames.filter((kind) => words.includes(kind));
      expect(asked.parse(words.join(' , '))).toEqual({ ok: true, value });
      expect(asked.parse(asked.format(value))).toEqual({ ok: true, value });
    }),
  );
});

test.each([
  [
    'statd, ports',
    `"statd" is not a kind (${kindNames.join(', ')}); did you mean "statsd"?; "ports" is not a kind (${kindNames.join(', ')})`,
  ],
  ['statsd,statsd', '"statsd" is asked for more than once'],
  ['', `"" is not a kind (${kindNames.join(', ')})`],
  ['flase', `"flase" is not a kind (${kindNames.join(', ')}); did you mean "false"?`],
])('%j is refused', (text, problem) => {
  expect(asked.parse(text)).toEqual({ ok: false, problem });
});
