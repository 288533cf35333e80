import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Labels } from '../../../src/exposition/metric/family.ts';
import { keyHasLabel, labelKey } from '../../../src/exposition/metric/labels.ts';

const limits = { labelsPerSeries: 30, labelValueBytes: 64 };

function key(labels: Labels): string {
  const made = labelKey(labels, limits);
  if (!made.ok) throw new Error(made.detail);
  return made.value;
}

/** Names and values made of what a careless key would stumble over. */
const name = fc.constantFrom('a', 'b', 'aa', 'a_b', 'le');
const value = fc.string({
  unit: fc.constantFrom('a', 'b', ',', '=', '"', '\\', '\n', '{', '}', ':', '\0'),
  maxLength: 5,
});
const labelSet = fc
  .dictionary(name, value, { maxKeys: 4 })
  .map((labels) => Object.entries(labels) as readonly (readonly [string, string])[]);

function meaning(labels: Labels): string {
  return JSON.stringify(labels.filter(([, text]) => text !== '').toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

describe('labelKey', () => {
  test('is the same for two label sets exactly when they mean the same', () => {
    fc.assert(
      fc.property(labelSet, labelSet, (a, b) => (key(a) === key(b)) === (meaning(a) === meaning(b))),
      { numRuns: 5000 },
    );
  });

  test('does not depend on the order', () => {
    fc.assert(fc.property(labelSet, (labels) => key(labels) === key(labels.toReversed())));
  });

  test('takes an empty value for an absent label', () => {
    expect(key([['a', '']])).toBe(key([]));
    expect(
      key([
        ['a', ''],
        ['b', '1'],
      ]),
    ).toBe(key([['b', '1']]));
  });

  test('sorts by the number of labels, then by values in the order of the names', () => {
    const sets: Labels[] = [
      [],
      [['b', '10']],
      [['b', '2']],
      [['a', '3']],
      [
        ['a', '0'],
        ['b', '1'],
      ],
    ];
    expect(sets.map(key).toSorted()).toEqual(sets.map(key));
  });

  test.each<[string, Labels, string]>([
    ['a name with a dash', [['a-b', '1']], 'bad_label_name'],
    ['an empty name', [['', '1']], 'bad_label_name'],
    ['a name that begins with a digit', [['1a', '1']], 'bad_label_name'],
    ['the name of the metric', [['__name__', 'x']], 'reserved_label'],
    ['the label of the type', [['le', '1']], 'reserved_label'],
    [
      'a name twice',
      [
        ['a', '1'],
        ['a', '2'],
      ],
      'duplicate_label',
    ],
    [
      'a name twice, once empty',
      [
        ['a', '1'],
        ['b', ''],
        ['a', ''],
      ],
      'duplicate_label',
    ],
    ['a value over the limit', [['a', 'é'.repeat(33)]], 'label_value_limit'],
    ['a name over the limit', [['a'.repeat(65), '1']], 'label_value_limit'],
    ['more labels than the limit', Array.from({ length: 31 }, (_, i) => [`a${i}`, '1'] as const), 'label_limit'],
  ])('refuses %s', (_, labels, reason) => {
    expect(labelKey(labels, limits, 'le')).toMatchObject({ ok: false, reason });
  });

  test('takes a value of exactly the limit', () => {
    expect(labelKey([['a', 'é'.repeat(32)]], limits).ok).toBe(true);
  });
});

describe('keyHasLabel', () => {
  test('knows names from values, with ten labels too: their number must not be taken for a separator', () => {
    const labels = Array.from({ length: 10 }, (_, i) => [`l${i}`, `v${i}`] as const);
    expect(keyHasLabel(key(labels), 'l9')).toBe(true);
    expect(keyHasLabel(key(labels), 'v9')).toBe(false);
  });
});
