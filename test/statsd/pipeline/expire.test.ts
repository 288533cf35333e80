import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Format } from '../../../src/exposition/metric/family.ts';
import { direct, histograms, summaries, unaccounted } from '../direct.ts';
import { handMapping, histogram } from '../hand-mapping.ts';

const second = 1000;

/** The rows of the series that lines made. */
const rows = async (of: ReturnType<typeof direct>, format: Format = 'text') =>
  (await of.page(format))
    .split('\n')
    .filter((row) => row !== '' && !row.startsWith('#') && !row.includes('statsd_exporter'));

function expiring(rules: Parameters<typeof handMapping>[0], ttl = 0) {
  const of = direct();
  of.use(handMapping(rules, { ttl }));
  return of;
}

describe('a series goes when its last sample is more than its time to live ago', () => {
  test.each(['c', 'g', 'ms', 's'])('%s', async (type) => {
    const of = expiring([], 10 * second);
    of.take(`a:5|${type}`);
    of.pass(10 * second);
    expect(await rows(of)).not.toEqual([]);
    of.take(`a:5|${type}`);
    of.pass(10 * second);
    expect(await rows(of)).not.toEqual([]);
    of.pass(1);
    expect(await rows(of)).toEqual([]);
    expect(of.pipeline.aggregate.expired).toBe(1);
    expect([...of.pipeline.aggregate.series.values()]).toEqual([0]);
  });

  test.each([
    ['a counter with a scale', { match: 'a', scale: 3, ttl: second }, 'a:1|c', ['a 3']],
    ['a gauge with a scale', { match: 'a', scale: 3, ttl: second }, 'a:+1|g', ['a 3']],
    [
      'a histogram',
      { match: 'a', ttl: second, observer: histogram() },
      'a:1|h',
      ['a_bucket{le="+Inf"} 1', 'a_sum 1', 'a_count 1'],
    ],
  ] as const)('%s, and it begins anew', async (_, rule, line, one) => {
    const of = expiring([rule]);
    for (let i = 0; i < 3; i++) {
      of.take(line);
      expect(await rows(of)).toEqual(one);
      of.pass(900);
      of.take(line);
      of.take(line);
      of.pass(900);
      expect((await rows(of)).length).toBe(one.length);
      of.pass(101);
      expect(await rows(of)).toEqual([]);
    }
  });

  test('a time to live below a millisecond, and a negative one, is over at the next look', async () => {
    const of = expiring([
      { match: 'a', ttl: 1e-6 },
      { match: 'b', ttl: -second },
    ]);
    of.take('a:1|c\nb:1|c\nc:1|c');
    of.pass(1);
    expect(await rows(of)).toEqual(['c 1']);
  });

  test('a refused sample does not keep it', async () => {
    const of = expiring([], second);
    of.take('a:1|c');
    of.pass(900);
    of.take('a:-1|c\na:1|g\na:x|c');
    of.pass(101);
    expect(await rows(of)).toEqual([]);
  });
});

test('what comes back begins at 0, with a time of creation of its own', async () => {
  const of = expiring([], second);
  of.take('a_total:5|c');
  const before = await rows(of, 'openmetrics');
  of.pass(second + 1);
  of.take('a_total:2|c');
  expect(before).toEqual(['a_total 5', 'a_created 1700000000']);
  expect(await rows(of, 'openmetrics')).toEqual(['a_total 2', 'a_created 1700000001.001']);
});

test('a known line does not write to the series that has the place of the one that is gone', async () => {
  const of = expiring([{ match: 'old*', ttl: second }]);
  for (const type of ['c', 'g', 'ms']) {
    of.take(`old_${type}:1|${type}\nold_${type}:1|${type}`);
    of.pass(second + 1);
    of.take(`new_${type}:7|${type}`);
    of.take(`old_${type}:1|${type}\nold_${type}:1|${type}`);
    expect((await rows(of)).filter((row) => /(_c|_g|_count) /.test(row))).toEqual([
      ...(type === 'c' ? ['new_c 7', 'old_c 2'] : []),
      ...(type === 'g' ? ['new_c 7', 'new_g 7', 'old_g 1'] : []),
      ...(type === 'ms' ? ['new_c 7', 'new_g 7', 'new_ms_count 1', 'old_ms_count 2'] : []),
    ]);
  }
});

test('a name whose series are all gone may become another type', async () => {
  const of = expiring([], second);
  of.take('a:1|c');
  of.pass(second + 1);
  of.take('a:1|g');
  expect(await rows(of)).toEqual(['a 1']);
  expect(of.pipeline.counters.conflicts.size).toBe(0);
});

test('metrics are counted once, however often their series come back', async () => {
  const of = expiring([], second);
  for (let i = 0; i < 3; i++) {
    of.take('a:1|c\na:1|c|#x:1\na:1|c|#x:2\nb:1|g');
    of.pass(second + 1);
  }
  expect(Object.fromEntries(of.pipeline.aggregate.shapes.counts)).toEqual({ counter: 2, gauge: 1 });
});

test('names that come once leave nothing behind', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const of = expiring([], second);
  let before = 0;
  for (let i = 1; i <= 20_000; i++) {
    of.take(`once${i}:1|c|#tag:${i}\nonce.h${i}:1|ms`);
    if (i % 100 === 0) of.pass(second + 1);
    // By then everything with a bound is full: known lines, remembered names.
    if (i === 10_000) before = held();
  }
  expect(of.pipeline.table.knownLines).toBe(0);
  expect(of.store.values.length).toBeLessThan(10_000);
  expect(unaccounted(of.pipeline)).toEqual([0, 0]);
  expect(held() - before).toBeLessThan(5 * 2 ** 20);
});

describe('a reload changes the times to live of the series that are there', () => {
  test('one that had none counts from the reload; one with another counts from its last sample', async () => {
    const of = expiring([{ match: 'b', ttl: 100 * second }]);
    of.take('a:1|c\nb:1|c\nc:1|c');
    of.pass(50 * second);
    of.use(handMapping([{ match: 'c', ttl: 0 }], { ttl: 60 * second }));
    of.pass(10 * second);
    expect(await rows(of)).toEqual(['a 1', 'b 1', 'c 1']);
    of.pass(1);
    expect(await rows(of)).toEqual(['a 1', 'c 1']);
    of.pass(50 * second);
    expect(await rows(of)).toEqual(['c 1']);
    of.pass(3600 * second);
    expect(await rows(of)).toEqual(['c 1']);
  });

  test('one that has none any more stays', async () => {
    const of = expiring([], second);
    of.take('a:1|c');
    of.use(handMapping([]));
    of.pass(3600 * second);
    expect(await rows(of)).toEqual(['a 1']);
  });

  test('the mapping is asked by the name that was sent', async () => {
    const of = expiring([
      { match: 'a.b', name: 'x' },
      { match: 'c.d', name: 'x', labels: { from: 'c' } },
    ]);
    of.take('a.b:1|c\nc.d:1|c');
    of.use(handMapping([{ match: 'a.b', name: 'y', ttl: second }]));
    of.pass(second + 1);
    expect(await rows(of)).toEqual(['x{from="c"} 1']);
  });

  test('counters count on, known lines are read anew, and the bounds are those from before until the series are gone', async () => {
    const of = expiring([{ match: 'h', observer: histogram(1), ttl: second }]);
    of.take('a:1|c\nh:1|h\na:1|c\nh:1|h');
    of.use(
      handMapping([
        { match: 'h', observer: histogram(2), ttl: second },
        { match: 'd', action: 'drop' },
      ]),
    );
    expect(of.pipeline.table.knownLines).toBe(0);
    of.take('a:1|c\nh:1|h\nd:1|c');
    expect(await rows(of)).toEqual(['a 3', 'h_bucket{le="1.0"} 3', 'h_bucket{le="+Inf"} 3', 'h_sum 3', 'h_count 3']);
    expect(unaccounted(of.pipeline)).toEqual([0, 0]);
    of.pass(second + 1);
    of.take('h:1|h');
    expect(await rows(of)).toEqual(['a 3', 'h_bucket{le="2.0"} 1', 'h_bucket{le="+Inf"} 1', 'h_sum 1', 'h_count 1']);
  });

  test('targets of scales that are gone do not pile up', async () => {
    const of = expiring([]);
    for (let i = 1; i <= 100; i++) {
      of.use(handMapping([{ match: 'a', scale: i, observer: histogram() }]));
      of.take('a:1|h');
    }
    expect(await rows(of)).toEqual(['a_bucket{le="+Inf"} 100', 'a_sum 5050', 'a_count 100']);
  });
});

/** A series of the model. */
interface Held {
  readonly ttl: number;
  last: number;
  value: number;
}

test('counters expire as a model of them does', async () => {
  const ttls = [0, 3, 7].map((seconds) => seconds * second);
  const step = fc.oneof(
    fc.record({ kind: fc.constant('line' as const), name: fc.nat(5), tag: fc.nat(2) }),
    fc.record({ kind: fc.constant('pass' as const), milliseconds: fc.integer({ min: 1, max: 5 * second }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 120 }), fc.boolean(), async (steps, known) => {
      const of = direct(undefined, {}, known, 16);
      of.use(handMapping(ttls.map((ttl, i) => ({ match: `n${i}_*`, ttl, name: `m${i}` }))));
      const model = new Map<string, Held>();
      let time = 0;
      for (const one of steps) {
        if (one.kind === 'line') {
          const at = one.name % ttls.length;
          of.take(`n${at}_${one.name}:1|c|#tag:${one.tag}`);
          const key = `m${at}{tag="${one.tag}"}`;
          const held = model.get(key) ?? { ttl: ttls[at]!, last: 0, value: 0 };
          model.set(key, { ...held, last: time, value: held.value + 1 });
        } else {
          of.pass(one.milliseconds);
          time += one.milliseconds;
          for (const [key, { ttl, last }] of model) if (ttl !== 0 && time - last > ttl) model.delete(key);
        }
      }
      expect(await rows(of)).toEqual([...model].map(([key, { value }]) => `${key} ${value}`).sort());
    }),
    { numRuns: 100 },
  );
});

test.each([summaries, histograms])('observers of a time to live leave as many as they are ($type)', (observer) => {
  const of = direct(observer);
  of.use(handMapping([], { ttl: second }));
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 100; i++) of.take(`t:${i}|ms|#i:${i}`);
    expect([...of.pipeline.aggregate.series.values()]).toEqual([100]);
    of.pass(second + 1);
  }
  expect(of.pipeline.aggregate.expired).toBe(300);
  expect(of.store.familyCount).toBe(direct().store.familyCount);
});
