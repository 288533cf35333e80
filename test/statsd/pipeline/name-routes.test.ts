import { describe, expect, test } from 'vitest';
import type { ObserverSettings } from '../../../src/statsd/mapping/mapping.ts';
import { direct, unaccounted } from '../direct.ts';
import { type HandRule, handMapping, histogram, summary } from '../hand-mapping.ts';

/** The rows of a page that lines made, and the own metrics that are named; without help texts and own zeros. */
async function answer(
  rules: readonly HandRule[],
  lines: readonly string[],
  { known = true, rounds = 1, defaults = {} as { readonly ttl?: number; readonly observer?: ObserverSettings } } = {},
): Promise<readonly string[]> {
  const { use, take, page, pipeline } = direct(undefined, {}, known);
  use(handMapping(rules, defaults));
  for (let round = 0; round < rounds; round++) for (const line of lines) take(line);
  expect(unaccounted(pipeline)).toEqual([0, 0]);
  return (await page('text')).split('\n').filter((row) => {
    const own = row.startsWith('statsd_exporter_');
    return (
      row !== '' && !row.startsWith('#') && (!own || /^statsd_exporter_events_(conflict|error)_total.* [^0]/.test(row))
    );
  });
}

const cases: readonly [
  title: string,
  rules: readonly HandRule[],
  lines: readonly string[],
  expected: readonly string[],
][] = [
  ['a name and labels', [{ match: 'a', name: 'b', labels: { x: '1' } }], ['a:1|c'], ['b{x="1"} 1']],
  ['a name is escaped', [{ match: 'a', name: '0.b-c' }], ['a:1|c'], ['_0_b_c 1']],
  ['labels of the rule over tags', [{ match: 'a', labels: { x: 'r' } }], ['a:1|c|#x:t,y:t'], ['a{x="r",y="t"} 1']],
  [
    'tags over labels where the rule honors them',
    [{ match: 'a', labels: { x: 'r', z: 'r' }, honorLabels: true }],
    ['a:1|c|#x:t,y:t'],
    ['a{x="t",y="t",z="r"} 1'],
  ],
  ['a label without a value is none', [{ match: 'a', labels: { x: '' } }], ['a:1|c|#x:t'], ['a 1']],
  [
    'each sample of a line has labels of its own',
    [{ match: 'a', kinds: ['counter'], labels: { x: 'r' } }],
    ['a:1|c:2|ms'],
    ['a{x="r"} 1', 'statsd_exporter_events_conflict_total{metric_name="a",type="observer"} 1'],
  ],
  [
    'a rule for a kind',
    [{ match: 'a', kinds: ['gauge'], name: 'g', labels: { x: 'r' } }],
    ['a:1|c:2|g'],
    ['a 1', 'g{x="r"} 2'],
  ],
  [
    'timers, histograms and distributions are observers',
    [{ match: 'a', kinds: ['observer'], name: 'o', observer: histogram() }],
    ['a:1000|ms', 'a:1|h', 'a:1|d'],
    ['o_bucket{le="+Inf"} 3', 'o_sum 3', 'o_count 3'],
  ],
  ['a rule drops', [{ match: 'a', action: 'drop' }], ['a:1|c', 'a:-1|c', 'a:nan|ms', 'b:1|c'], ['b 1']],
  ['a wrong value is wrong before it is dropped', [{ match: 'a', action: 'drop' }], ['a:x|c', 'a:1|zz'], []],
  ['the scale of a counter', [{ match: 'a', scale: 0.1 }], ['a:3|c', 'a:3|c|@0.1'], ['a 3.3']],
  ['the scale of a gauge that is set and moved', [{ match: 'a', scale: 2 }], ['a:3|g', 'a:+1|g', 'a:-2|g'], ['a 4']],
  [
    'the scale of a timer, in seconds',
    [{ match: 'a', scale: 1000, observer: histogram(1000) }],
    ['a:250|ms'],
    ['a_bucket{le="1000.0"} 1', 'a_bucket{le="+Inf"} 1', 'a_sum 250', 'a_count 1'],
  ],
  [
    'the scale of a sampled observation',
    [{ match: 'a', scale: 2, observer: histogram() }],
    ['a:3|h|@0.1'],
    ['a_bucket{le="+Inf"} 10', 'a_sum 60', 'a_count 10'],
  ],
  ['a scale of 0', [{ match: 'a', scale: 0 }], ['a:3|c'], ['a 0']],
  [
    'a scale that turns the sign',
    [{ match: 'a', scale: -1 }],
    ['a:3|c', 'a:-3|c'],
    ['a 3', 'statsd_exporter_events_error_total{reason="illegal_negative_counter"} 1'],
  ],
  [
    'a scale that is no number',
    [{ match: '*', scale: Number.NaN }],
    ['a:3|c', 'b:3|ms'],
    ['statsd_exporter_events_error_total{reason="non_finite_value"} 2'],
  ],
  ['the set of a scaled rule is counted, not scaled', [{ match: 'a', scale: 60 }], ['a:anna|s', 'a:ben|s'], ['a 2']],
  [
    'an empty name',
    [{ match: 'a', name: '' }],
    ['a:1|c'],
    ['statsd_exporter_events_error_total{reason="empty_metric_name"} 1'],
  ],
  [
    'a rule with its own buckets',
    [{ match: 'a', observer: histogram(1, 2) }],
    ['a:2|h'],
    ['a_bucket{le="1.0"} 0', 'a_bucket{le="2.0"} 1', 'a_bucket{le="+Inf"} 1', 'a_sum 2', 'a_count 1'],
  ],
  [
    'a trailing bound of infinity',
    [{ match: 'a', observer: histogram(1, Number.POSITIVE_INFINITY) }],
    ['a:2|h'],
    ['a_bucket{le="1.0"} 0', 'a_bucket{le="+Inf"} 1', 'a_sum 2', 'a_count 1'],
  ],
  [
    'buckets that are none',
    [{ match: 'a', observer: histogram(2, 1) }],
    ['a:2|h'],
    ['statsd_exporter_events_error_total{reason="bad_bounds"} 1'],
  ],
  [
    'a rule with its own quantiles, in any order',
    [
      {
        match: 'a',
        observer: {
          ...summary,
          type: 'summary',
          quantiles: [
            { quantile: 0.9, error: 0.01 },
            { quantile: 0.1, error: 0.01 },
          ],
        },
      },
    ],
    ['a:1|h', 'a:2|h'],
    ['a{quantile="0.1"} 1', 'a{quantile="0.9"} 2', 'a_sum 3', 'a_count 2'],
  ],
  [
    'a quantile that is none',
    [{ match: 'a', observer: { ...summary, type: 'summary', quantiles: [{ quantile: 2, error: 0.01 }] } }],
    ['a:1|h'],
    ['statsd_exporter_events_error_total{reason="bad_quantiles"} 1'],
  ],
  [
    'labels that a type writes itself',
    [{ match: 'a', labels: { le: '1' }, observer: histogram(1) }],
    ['a:1|h'],
    ['statsd_exporter_events_error_total{reason="reserved_label"} 1'],
  ],
  [
    'two rules lead to one name',
    [
      { match: 'a', name: 'x', labels: { from: 'a' } },
      { match: 'b', name: 'x', scale: 2 },
    ],
    ['a:1|c', 'b:1|c', 'x:1|c'],
    ['x 3', 'x{from="a"} 1'],
  ],
  [
    'two scales of one observer',
    [
      { match: 'a', name: 'x', observer: histogram() },
      { match: 'b', name: 'x', scale: 2, observer: histogram() },
    ],
    ['a:1|h', 'b:1|h', 'a:1|h'],
    ['x_bucket{le="+Inf"} 3', 'x_sum 4', 'x_count 3'],
  ],
  [
    'an unmapped name as the defaults have it',
    [{ match: 'a', observer: summary }],
    ['b:1|h'],
    ['b_bucket{le="7.0"} 1', 'b_bucket{le="+Inf"} 1', 'b_sum 1', 'b_count 1'],
  ],
];

describe.each(cases)('%s', (_, rules, lines, expected) => {
  const defaults = { observer: histogram(7) };

  test('read in full', async () => {
    expect(await answer(rules, lines, { known: false, defaults })).toEqual(expected);
  });

  test('a known line says the same', async () => {
    const [known, full] = await Promise.all(
      [true, false].map((known) => answer(rules, lines, { known, rounds: 4, defaults })),
    );
    expect(known).toEqual(full);
  });
});

test('the type of a name is that of its first series', async () => {
  const { use, take, pipeline, page } = direct();
  use(
    handMapping([
      { match: 'a', name: 'x', observer: summary },
      { match: 'b', name: 'x', labels: { from: 'b' }, observer: histogram(1) },
    ]),
  );
  take('a:1|h\nb:1|h\nb:1|h');
  expect(unaccounted(pipeline)).toEqual([0, 0]);
  expect([...pipeline.counters.conflictReasons].filter(([, count]) => count > 0)).toEqual([['type_conflict', 2]]);
  const text = await page('text');
  expect(text).toContain('statsd_exporter_events_conflict_total{metric_name="x",type="observer"} 2');
  expect(text).toContain('statsd_exporter_events_conflict_reasons_total{reason="type_conflict"} 2');
});

const high: ObserverSettings = { ...summary, type: 'summary', quantiles: [{ quantile: 0.9, error: 0.05 }] };

describe.each([true, false])(
  'bounds and quantiles are those of the first series with the same label names (lines known: %s)',
  (known) => {
    const lines = ['a:1|h|#t:1', 'b:1|h|#t:1', 'b:1|h|#t:2', 'a:1|h|#u:1', 'b:1|h|#u:1', 'b:1|h|#v:1'];

    test.each<[string, ObserverSettings, ObserverSettings, readonly string[], readonly string[]]>([
      ['other bounds', histogram(1, 2), histogram(1, 3), ['1.0', '2.0', '+Inf'], ['1.0', '3.0', '+Inf']],
      ['more bounds', histogram(1), histogram(0, 1, 2), ['1.0', '+Inf'], ['0.0', '1.0', '2.0', '+Inf']],
      ['fewer bounds', histogram(1, 2), histogram(), ['1.0', '2.0', '+Inf'], ['+Inf']],
      ['other quantiles', summary, high, ['0.5'], ['0.9']],
    ])('%s', async (_, first, second, ofFirst, ofSecond) => {
      const { use, take, pipeline, page } = direct(undefined, {}, known);
      use(
        handMapping([
          { match: 'a', name: 'x', observer: first },
          { match: 'b', name: 'x', observer: second },
        ]),
      );
      for (const line of [...lines, ...lines]) take(line);
      expect(unaccounted(pipeline)).toEqual([0, 0]);
      const text = await page('text');
      const marks = (labels: string) =>
        [...text.matchAll(new RegExp(`^x(?:_bucket)?\\{${labels},(?:le|quantile)="([^"]+)"`, 'gm'))].map(
          ([, at]) => at,
        );
      expect(['t="1"', 't="2"', 'u="1"'].map(marks)).toEqual([ofFirst, ofFirst, ofFirst]);
      expect(marks('v="1"')).toEqual(ofSecond);
      expect([...text.matchAll(/^x_count\{.*\} (\d+)$/gm)].map(([, count]) => Number(count))).toEqual([4, 4, 2, 2]);
    });
  },
);

test('what rules do is counted whatever comes of the value, for known lines too', () => {
  const { use, take, pipeline } = direct();
  use(
    handMapping([
      { match: 'drop', action: 'drop' },
      { match: 'scaled', scale: 3 },
      { match: 'map*', name: 'm' },
      { match: 'none', name: '' },
    ]),
  );
  for (let i = 0; i < 5; i++) {
    take(
      'drop:1|c|#a:1\nscaled:1|c\nmap1:1|c\nmap1:-1|c\nmap2:1|g\nnone:1|c\nother:1|c\nother:-1|c\nother:1|g\nother:x|c',
    );
  }
  const { counters } = pipeline;
  expect(counters.linesKnown).toBeGreaterThanOrEqual(4 * 4);
  expect([counters.droppedSamples, counters.mapped, counters.unmapped]).toEqual([5, 20, 15]);
  expect([counters.counterSamples, counters.gaugeSamples]).toEqual([15, 0]);
  expect(counters.tagged).toBe(5);
  expect(unaccounted(pipeline)).toEqual([0, 0]);
});

test('a dropped line of several values is read as any other', () => {
  const { use, take, pipeline } = direct();
  use(handMapping([{ match: 'a', action: 'drop' }]));
  take('a:1|ms\na:1:2:3|ms\na:1:x|ms\na:1:x|c');
  expect(pipeline.counters.droppedSamples).toBe(5);
  expect(pipeline.counters.sampleErrors.get('malformed_value')).toBe(1);
  expect(pipeline.counters.lineErrors.get('invalid_extended_aggregate_type')).toBe(1);
  expect(unaccounted(pipeline)).toEqual([0, 0]);
});

test('the help of the rule that made the family', async () => {
  const { use, take, page } = direct();
  use(
    handMapping([
      { match: 'a', name: 'x', help: 'First.' },
      { match: 'b', name: 'x', help: 'Second.' },
      { match: 'c', help: '' },
    ]),
  );
  take('a:1|c\nb:1|c\nc:1|c');
  const text = await page('text');
  expect(text).toContain('# HELP x First.\n');
  expect(text).toContain('# HELP c Metric autogenerated by statsd_exporter.\n');
});
