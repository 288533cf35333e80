import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Codec } from '../../src/flags/codec.ts';
import { integer, listOf, port, sizeBetween } from '../../src/flags/codecs.ts';
import { commaList, wholeNumbers } from '../../src/flags/patterns.ts';
import { annotationTables } from '../../src/kinds/annotations.ts';

const anchored = (pattern: string) => new RegExp(`^(?:${pattern})$`);

/** Every setting of the settings file. */
const settings = [...annotationTables].flatMap(([scope, table]) =>
  Object.values(table)
    .filter(({ ofOneApplication }) => ofOneApplication !== true)
    .map(({ setting, codec, example }) => [`${scope} ${setting}`, codec, example] as const),
);

/** The conditions that no expression says: an order, a sum, a whole document. Their settings take fewer texts. */
const loose =
  /^(statsd (histogram-buckets|summary-quantiles|summary-max-age|set-window)|haproxy (app-port|upstreams|grace|hard-stop-after|timeout-.*)|sidecar container-patch|.* (limit-bytes|limit-label-value|body-limit|merge-max-bytes|read-buffer)|.*-?(image))$/;

/** Texts that people write for one setting or another, right and wrong. */
const corpus =
  `lots 5 2 foo:bar:baz 8MB 0 -1 +1 01 1.5 1e3 1e-1 .5 0.5,0.9 0.9,0.5 0.5,2 a,b 30 30s 5m 25h 1h30m 0s 1500ms 1d 1.5h 10m
  0.5 64Mi 1Gi 12Q 100 1000m 1E 65535 65536 65537 99999 1048576 1048577 1Mi 1025Ki 64Ki 65Ki 999999999999999Gi 1M 15 16 63 64 65 101 1001
  true false yes True auto Always always IfNotPresent info trace summary histogram Summary http HTTP ms-app -a a--b
  registry.example/a/b:1.0 registry.example:5000/a Registry/A a@sha256:0 image: :tag https://x /a /a/../b /api/users/:id
  /api/Users,/ payments=https://pay.example:443 payments=pay payments=http://10.0.0.1:80 [] [{"op":"test"}] {} [1] null ~
  1_000 0x10 1e400 ١ 10０ 1\u00a0 ${'9'.repeat(17)} ${'0'.repeat(20)}1 ${'x'.repeat(600)}`
    .split(/\s+/)
    .flatMap((word) => [word, ` ${word}`, `${word} `, `${word}\n`, `${word},`, `${word},${word}`])
    .concat('', ' ', '\t', '\n', ',');

describe('a schema takes every text that the webhook takes, and no other where an expression can tell', () => {
  test.each(settings)('%s', (name, codec, example) => {
    expect(codec.pattern, `${name}: the codec has no pattern for values.schema.json`).toBeDefined();
    const pattern = anchored(codec.pattern!());
    expect(example).toMatch(pattern);
    for (const text of corpus) {
      const isTaken = codec.parse(text).ok;
      const matches = pattern.test(text) && text.length <= codec.most;
      if (isTaken || !loose.test(name)) expect({ text, matches }).toEqual({ text, matches: isTaken });
    }
  });

  test.each(settings.filter(([name]) => !loose.test(name)))('%s: texts made from the pattern are taken', (_, codec) => {
    fc.assert(
      fc.property(fc.stringMatching(anchored(codec.pattern!())), (text) => {
        // An expression cannot tell that a sum is too large.
        fc.pre(!/\d{9}/.test(text));
        expect([text, codec.parse(text).ok]).toEqual([text, text.length <= codec.most]);
      }),
    );
  });

  test('each setting that takes fewer texts than its pattern has a word in the corpus that shows it', () => {
    const fewer = ({ parse, pattern }: Codec<unknown>) =>
      corpus.some((text) => !parse(text).ok && anchored(pattern!()).test(text));
    const exact = settings.filter(([name, codec]) => loose.test(name) && !fewer(codec)).map(([name]) => name);
    expect(exact).toEqual([]);
  });
});

describe('the pattern of whole numbers', () => {
  const bound = fc.oneof(fc.integer({ min: -1500, max: 1500 }), fc.maxSafeInteger());

  test('matches the numbers between its bounds', () => {
    fc.assert(
      fc.property(bound, bound, bound, (one, other, number) => {
        const [least, most] = [Math.min(one, other), Math.max(one, other)];
        const pattern = anchored(wholeNumbers(least, most));
        const near = [number, least - 1, least, least + 1, most - 1, most, most + 1].filter(Number.isSafeInteger);
        for (const n of near) expect([n, pattern.test(String(n))]).toEqual([n, n >= least && n <= most]);
      }),
    );
  });

  test.each([
    [1, 65535],
    [0, 9],
    [1, 1],
    [7, 12],
    [90, 110],
    [-12, -3],
    [-3, 0],
    [-5, 1000],
  ])('%i to %i, each number around', (least, most) => {
    const pattern = anchored(wholeNumbers(least, most));
    for (let n = Math.max(least - 200, -1500); n <= Math.min(most + 200, 70_000); n += 1) {
      if (pattern.test(String(n)) !== (n >= least && n <= most)) throw new Error(`${n}: ${pattern.source}`);
    }
  });

  test('has the zeros in front, and the sign of zero, that the codec reads', () => {
    for (const text of ['007', '-0', '00', '-00', '-007', '+7', '7.0', '']) {
      expect([text, anchored(integer(-9, 9).pattern!()).test(text)]).toEqual([text, integer(-9, 9).parse(text).ok]);
    }
  });
});

test('a size between two sizes: every unit has its own bounds', () => {
  const codec = sizeBetween(64, 2 ** 20);
  const pattern = anchored(codec.pattern!());
  for (const unit of ['', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'K', 'MB']) {
    for (const amount of [0, 1, 2, 63, 64, 1023, 1024, 1025, 1048, 1049, 1_048_576, 1_048_577]) {
      const text = `${amount}${unit}`;
      expect([text, pattern.test(text)]).toEqual([text, codec.parse(text).ok]);
    }
  }
});

test('a comma list of one element or more', () => {
  const pattern = anchored(commaList('a|b'));
  expect(['a', 'a,b', ' a , b ', '', ',', 'a,', 'ab'].map((text) => pattern.test(text))).toEqual([
    ...[true, true, true],
    ...[false, false, false, false],
  ]);
  expect(anchored(listOf(port).pattern!()).test('')).toBe(true);
});
