import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventKinds } from '../../../src/statsd/mapping/match/glob.ts';
import { readMapping } from '../../../src/statsd/mapping/rules/read-mapping.ts';

const scalars = [
  ...[
    '5',
    '-5',
    '0',
    '1.5',
    '1e400',
    '0x10',
    '017',
    '08',
    '.inf',
    '.nan',
    'yes',
    'n',
    'null',
    '~',
    '""',
    '"5"',
    '1h30m',
    '-5s',
    '1d',
  ],
  ...[
    'glob',
    'regex',
    'summary',
    'histogram',
    'counter',
    'timer',
    'drop',
    '$1',
    '"$2_x"',
    '"a.*"',
    '"*.*"',
    'a.b',
    '"(a|b)*"',
    '"("',
  ],
  ...[
    '[]',
    '{}',
    '[1, 2, 1]',
    '[{quantile: 2}]',
    '&x 5',
    '*x',
    '*y',
    '&y [*y]',
    '{<<: *x}',
    '!!str 5',
    '!foo',
    '|',
    '>-',
    '"',
    '\u0000',
    '- 1',
    '{a: {a: {a: a}}}',
  ],
  ...['é', '\u2028', '%', '@', '`', '__x', 'le', 'quantile', 'job', '"\\uD800"'],
];
const keys = [
  ...[
    'match',
    'name',
    'labels',
    'honor_labels',
    'observer_type',
    'timer_type',
    'match_type',
    'help',
    'action',
    'match_metric_type',
  ],
  ...[
    'ttl',
    'summary_options',
    'histogram_options',
    'scale',
    'buckets',
    'quantiles',
    'max_age',
    'age_buckets',
    'quantile',
    '<<',
    'le',
    '__proto__',
    'constructor',
  ],
];

const value: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...scalars) },
  fc
    .array(fc.tuple(fc.constantFrom(...keys), fc.constantFrom(...scalars)), { maxLength: 3 })
    .map((pairs) => `{${pairs.map(([key, text]) => `${key}: ${text}`).join(', ')}}`),
);
const pairs = fc.array(fc.tuple(fc.constantFrom(...keys), value), { maxLength: 5 });
const rule = fc.tuple(fc.constantFrom('match: "a.*"\n  name: n', 'match: "*"\n  name: "$1"', 'a: &x {b: c}'), pairs);
const file = fc
  .tuple(pairs, fc.array(rule, { maxLength: 5 }))
  .map(([defaults, rules]) =>
    [
      ...(defaults.length === 0 ? [] : ['defaults:', ...defaults.map(([key, text]) => `  ${key}: ${text}`)]),
      'mappings:',
      ...rules.map(([start, rest]) => [`- ${start}`, ...rest.map(([key, text]) => `  ${key}: ${text}`)].join('\n')),
    ].join('\n'),
  );
/** A file with a part cut out or inserted. */
const mutilated = fc.tuple(file, fc.nat(), fc.nat(20), fc.string({ maxLength: 5 })).map(([text, at, length, put]) => {
  const start = at % (text.length + 1);
  return text.slice(0, start) + put + text.slice(start + length);
});

test('whatever a file holds, it is read or refused with a place', () => {
  fc.assert(
    fc.property(
      fc.oneof(file, mutilated, fc.string({ unit: 'binary', maxLength: 200 })),
      fc.record({ strict: fc.boolean(), compatGlob: fc.boolean() }),
      (text, options) => {
        const result = readMapping(text, options);
        const lines = text.split(/\r\n|\n|\r/).length;
        for (const { line, column, message } of result.findings) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(message).not.toMatch(/[\u0000-\u001f]|undefined|\[object/);
        }
        expect(result.findings.some(({ severity }) => severity === 'error')).toBe(!result.ok);
        if (!result.ok) return;
        for (const kind of eventKinds) result.mapping.find(kind, 'a.b');
      },
    ),
    { numRuns: 500 },
  );
}, 300_000);

test.each([
  ['lists in lists', `mappings: ${'['.repeat(50_000)}`],
  ['maps in maps', `mappings: ${'{a: '.repeat(50_000)}`],
  ['items in items', `mappings:\n${'- '.repeat(50_000)}`],
  [
    'aliases that double',
    `${Array.from({ length: 40 }, (_, i) => `a${i}: &a${i} {<<: [${i === 0 ? '{x: 1, match: a, name: n}' : `*a${i - 1}, *a${i - 1}`}]}`).join('\n')}\nmappings: [*a39]`,
  ],
  [
    'one alias many times',
    `a: &a {match: a, name: n, labels: {${Array.from({ length: 2000 }, (_, i) => `l${i}: v`).join(', ')}}}\nmappings: [${'*a, '.repeat(2000)}]`,
  ],
])(
  'a file of %s comes to an end',
  (_, text) => {
    // Work that doubles with each alias, or a recursion for each bracket, would not end.
    expect(readMapping(text, { strict: false, compatGlob: false }).findings).not.toEqual([]);
  },
  300_000,
);
