import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MetricStore } from '../../../src/exposition/metric/metric-store.ts';
import { apply, hostilePage, type Step, step } from '../arbitrary.ts';
import { created, emptyStore, family, pageLimits, series } from '../fixture.ts';
import { parsePage } from '../parsed-page.ts';
import {
  type FamilyMessage,
  type HistogramMessage,
  nativeCounts,
  nativeProblems,
  readFamilies,
  readSamples,
} from '../protobuf-reader.ts';

async function protobuf(store: MetricStore): Promise<Buffer> {
  await store.load('protobuf');
  return store.render('protobuf');
}

async function families(store: MetricStore): Promise<readonly FamilyMessage[]> {
  return readFamilies(await protobuf(store));
}

async function histogram(store: MetricStore): Promise<HistogramMessage> {
  const [only] = await families(store);
  return only!.metric[0]!.histogram!;
}

const createdTime = { seconds: Math.floor(created / 1000), nanos: 678_000_000 };

/** Numbers of labels are compared as numbers: the message has no spelling of a bound. */
function identity(name: string, labels: readonly (readonly [string, string])[]): string {
  const number = (value: string) => {
    const read = Number(value.replace('Inf', 'Infinity'));
    return Number.isNaN(read) || value === '' ? value : String(read);
  };
  const pairs = labels.map(([label, value]) => [label, ['le', 'quantile'].includes(label) ? number(value) : value]);
  return name + JSON.stringify(pairs.sort(([a], [b]) => (a! < b! ? -1 : 1)));
}

type Samples = Map<string, readonly [value: number, timestamp: number | undefined]>;

function textSamples(store: MetricStore): Samples {
  const found: Samples = new Map();
  for (const { samples } of parsePage(store.render('text'), 'text', pageLimits).families) {
    for (const { name, labels, value, timestamp } of samples) found.set(identity(name, labels), [value + 0, timestamp]);
  }
  return found;
}

async function protobufSamples(store: MetricStore): Promise<Samples> {
  const found: Samples = new Map();
  for (const { name, labels, value, timestamp } of readSamples(await families(store))) {
    const key = identity(name, Object.entries(labels));
    expect(found.has(key)).toBe(false);
    found.set(key, [value + 0, timestamp]);
  }
  return found;
}

/** Histograms and summaries of which any line may be missing, or be of another time. */
const compositePage = fc
  .array(
    fc.record({
      kind: fc.constantFrom('histogram', 'summary'),
      series: fc.constantFrom('', 'a="1"', 'a="2"'),
      kept: fc.array(fc.constantFrom('part', 'last', 'sum', 'count'), { maxLength: 4 }),
      value: fc.constantFrom('0', '1', '2.5', '-1', 'NaN', '18446744073709551616'),
      time: fc.constantFrom('', '', ' 9000', ' 0'),
    }),
    { maxLength: 8 },
  )
  .map((all) =>
    all.flatMap(({ kind, series: of, kept, value, time }) => {
      const labels = (own = '') => (of + own === '' ? '' : `{${[of, own].filter(Boolean).join()}}`);
      const [name, part, last] =
        kind === 'histogram' ? ['h_bucket', 'le="1"', 'le="+Inf"'] : ['s', 'quantile="0.5"', 'quantile="1"'];
      const lines = {
        part: `${name}${labels(part)} ${value}`,
        last: `${name}${labels(last)} 2`,
        sum: `${kind[0]}_sum${labels()} 2`,
        count: `${kind[0]}_count${labels()} ${value}${time}`,
      };
      return kept.map((line) => lines[line as keyof typeof lines]);
    }),
  )
  .map((lines) => ['# TYPE h histogram', '# TYPE s summary', ...lines, ''].join('\n'));

/** As `apply`, and every other histogram has native buckets. */
function applyWithNative(store: MetricStore, one: Step): void {
  if (one.type !== 'histogram' || one.bounds.length % 2 === 0) {
    apply(store, one);
    return;
  }
  const { name, help, owner, bounds, labels, value } = one;
  const made = store.family({ name, type: 'histogram', help, owner, bounds });
  const of = made.ok ? made.value.series(labels, { native: { schema: 3, maxBuckets: 20 } }) : made;
  if (of.ok) of.value.observe(value, Math.abs(value) < 1 ? Math.abs(value) : 2);
}

describe('a protobuf page', () => {
  test('has the samples of the text page, of our series and of merged ones, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 25 }),
        fc.array(hostilePage, { maxLength: 3 }),
        async (steps, pages) => {
          const store = emptyStore();
          for (const one of steps) applyWithNative(store, one);
          for (const [i, page] of pages.entries()) {
            const format = i === 0 ? 'openmetrics' : 'text';
            store.foreign(`source ${i}`, parsePage(page, format, pageLimits).families);
          }
          expect(await protobufSamples(store)).toEqual(textSamples(store));
        },
      ),
      { numRuns: 400 },
    );
  });

  test('has the samples of merged histograms and summaries, whole or in parts', async () => {
    await fc.assert(
      fc.asyncProperty(compositePage, async (page) => {
        const store = emptyStore();
        store.foreign('app', parsePage(page, 'text', pageLimits).families);
        expect(await protobufSamples(store)).toEqual(textSamples(store));
      }),
      { numRuns: 400 },
    );
  });

  test('has no native histogram that Prometheus would not take, whatever was observed with whatever weight', async () => {
    const observation = fc.tuple(fc.double(), fc.oneof(fc.double(), fc.integer({ min: 1, max: 5 })));
    await fc.assert(
      fc.asyncProperty(
        fc.array(observation, { maxLength: 60 }),
        fc.integer({ min: -4, max: 8 }),
        async (all, schema) => {
          const store = emptyStore();
          const native = { schema, maxBuckets: 30 };
          const one = series(family(store, { name: 'x', type: 'histogram', bounds: [0, 1] }), {}, { native });
          for (const [value, weight] of all) one.observe(value, weight);
          const message = await histogram(store);
          expect(nativeProblems(message)).toEqual([]);
          for (const sign of ['positive', 'negative'] as const) {
            const shown = [...nativeCounts(message, sign)].filter(([, count]) => count > 0);
            expect(shown).toEqual(one.native!.side(sign === 'positive' ? 1 : -1));
          }
        },
      ),
    );
  });

  test('says type, help, unit and times of creation', async () => {
    const store = emptyStore();
    const labels = { b: '\n"\\', a: 'é' };
    series(family(store, { name: 'a_seconds_total', type: 'counter', help: 'one\ntwo', unit: 'seconds' }), labels).add(
      2.5,
    );
    series(family(store, { name: 'b', type: 'gauge' })).set(-0);
    series(family(store, { name: 'c', type: 'unknown' })).set(Number.NaN);
    series(family(store, { name: 'd_info', type: 'info' }));
    series(family(store, { name: 'e', type: 'stateset' }), { e: 'up' }).set(1);
    const summary = series(family(store, { name: 'f', type: 'summary', quantiles: [0.5] }));
    summary.setCountAndSum(3, 4);
    expect(await families(store)).toEqual([
      {
        ...{ name: 'a_seconds_total', help: 'one\ntwo', type: 'COUNTER', unit: 'seconds' },
        metric: [
          {
            label: [
              { name: 'a', value: 'é' },
              { name: 'b', value: '\n"\\' },
            ],
            counter: { value: 2.5, createdTimestamp: createdTime },
          },
        ],
      },
      { name: 'b', type: 'GAUGE', metric: [{ label: [], gauge: { value: -0 } }] },
      { name: 'c', type: 'UNTYPED', metric: [{ label: [], untyped: { value: Number.NaN } }] },
      { name: 'd_info', type: 'GAUGE', metric: [{ label: [], gauge: { value: 1 } }] },
      { name: 'e', type: 'GAUGE', metric: [{ label: [{ name: 'e', value: 'up' }], gauge: { value: 1 } }] },
      {
        ...{ name: 'f', type: 'SUMMARY' },
        metric: [
          {
            label: [],
            summary: {
              ...{ sampleCount: 3, sampleSum: 4, createdTimestamp: createdTime },
              quantile: [{ quantile: 0.5, value: Number.NaN }],
            },
          },
        ],
      },
    ]);
  });

  test('has native buckets beside the classic ones: spans with differences, small gaps filled', async () => {
    const store = emptyStore();
    const native = { schema: 0, maxBuckets: 256 };
    const one = series(family(store, { name: 'x', type: 'histogram', bounds: [1] }), {}, { native });
    for (const [value, weight] of [
      ...[
        [0, 5],
        [1, 1],
        [2, 4],
        [3, 2],
      ],
      // One empty bucket before 16, three before 256.
      ...[
        [16, 1],
        [256, 7],
      ],
      ...[
        [-0.5, 3],
        [-1, 1],
      ],
    ] as [number, number][]) {
      one.observe(value, weight);
    }
    expect(await histogram(store)).toEqual({
      ...{ sampleCount: 24, sampleSum: 1 + 8 + 6 + 16 + 1792 - 1.5 - 1, createdTimestamp: createdTime },
      bucket: [{ cumulativeCount: 10, upperBound: 1 }],
      ...{ schema: 0, zeroThreshold: 2 ** -128, zeroCount: 5 },
      ...{ negativeSpan: [{ offset: -1, length: 2 }], negativeDelta: [3, -2], negativeCount: [] },
      positiveSpan: [
        { offset: 0, length: 5 },
        { offset: 3, length: 1 },
      ],
      ...{ positiveDelta: [1, 3, -2, -2, 1, 6], positiveCount: [] },
      exemplars: [],
    });
  });

  test('writes counts that are not whole, or beyond 2^52, as doubles', async () => {
    for (const weight of [0.25, 2 ** 52 + 1]) {
      const store = emptyStore();
      const native = { schema: 0, maxBuckets: 256 };
      const one = series(family(store, { name: 'x', type: 'histogram', bounds: [1] }), {}, { native });
      one.observe(2, weight);
      const message = await histogram(store);
      expect(message).toMatchObject({ sampleCountFloat: weight, zeroCountFloat: 0, positiveCount: [weight] });
      expect(message.bucket).toEqual([{ cumulativeCountFloat: 0, upperBound: 1 }]);
      expect([message.sampleCount, message.zeroCount, message.positiveDelta]).toEqual([undefined, undefined, []]);
    }
  });

  test('shows a native histogram that nothing was observed in, and one without classic buckets', async () => {
    const store = emptyStore();
    const native = { schema: 3, maxBuckets: 256 };
    series(family(store, { name: 'x', type: 'histogram' }), {}, { native });
    expect(await histogram(store)).toMatchObject({ sampleCount: 0, bucket: [], schema: 3, zeroCount: 0 });
  });

  test('leaves native buckets out that somebody forgot to tell of a value', async () => {
    const store = emptyStore();
    const native = { schema: 3, maxBuckets: 256 };
    const one = series(family(store, { name: 'x', type: 'histogram', bounds: [1] }), {}, { native });
    one.observe(1, 1);
    store.values[one.slot]! += 1;
    const message = await histogram(store);
    expect(message).toMatchObject({ sampleCount: 2, positiveSpan: [] });
    expect(message.zeroThreshold).toBeUndefined();
  });

  test('counts NaN and in no native bucket', async () => {
    const store = emptyStore();
    const native = { schema: 3, maxBuckets: 256 };
    const one = series(family(store, { name: 'x', type: 'histogram' }), {}, { native });
    one.observe(Number.NaN, 1);
    one.observe(1, 1);
    const message = await histogram(store);
    expect(message).toMatchObject({ sampleCount: 2, sampleSum: Number.NaN, positiveDelta: [1] });
    expect(nativeProblems(message)).toEqual([]);
  });

  test('has histograms and summaries of merged pages in one piece, with their times', async () => {
    const store = emptyStore();
    const page = [
      '# TYPE h histogram',
      ...['h_bucket{a="1",le="2"} 1', 'h_bucket{a="1",le="+Inf"} 3', 'h_sum{a="1"} 7', 'h_count{a="1"} 3'],
      ...['h_created{a="1"} 1700000000.5'],
      '# TYPE s summary',
      ...['s{quantile="0.5"} 2 9', 's_sum 7 9', 's_count 3 9', '# EOF', ''],
    ].join('\n');
    store.foreign('app', parsePage(page, 'openmetrics', pageLimits).families);
    expect(await families(store)).toMatchObject([
      {
        metric: [
          {
            label: [{ name: 'a', value: '1' }],
            histogram: {
              ...{ sampleCount: 3, sampleSum: 7, createdTimestamp: { seconds: 1_700_000_000, nanos: 500_000_000 } },
              bucket: [{ cumulativeCount: 1, upperBound: 2 }],
            },
          },
        ],
      },
      { metric: [{ summary: { sampleCount: 3, sampleSum: 7 }, timestampMs: 9000 }] },
    ]);
  });

  test('has what is no whole histogram or summary as samples of no type', async () => {
    const store = emptyStore();
    const page = [
      '# TYPE h histogram',
      ...['h_bucket{le="2"} 1', 'h_sum 7'],
      '# TYPE s summary',
      ...['s{quantile="0.5"} 2', 's_sum 7', 's_count 1.5', ''],
    ].join('\n');
    store.foreign('app', parsePage(page, 'text', pageLimits).families);
    const found = await families(store);
    expect(found.map(({ name, type }) => [name, type])).toEqual(
      ['h_bucket', 'h_sum', 's', 's_sum', 's_count'].map((name) => [name, 'UNTYPED']),
    );
    expect(await protobufSamples(store)).toEqual(textSamples(store));
  });

  test('has summaries of ours that have no whole count as samples of no type, with those of merged pages', async () => {
    for (const count of [1.5, -1, Number.NaN, 2 ** 64]) {
      const store = emptyStore();
      const summary = family(store, { name: 's', type: 'summary', quantiles: [0.5, 1], help: 'why' });
      series(summary, { a: '1' }).setCountAndSum(count, 2);
      series(summary, { a: '2' }).setCountAndSum(2 ** 63, 2);
      const page = '# TYPE s summary\ns{quantile="0.5"} 2\ns_sum 7\ns_count 2\n';
      store.foreign('app', parsePage(page, 'text', pageLimits).families);
      expect(await families(store)).toMatchObject([
        { name: 's', type: 'UNTYPED', help: 'why' },
        { name: 's_sum', type: 'UNTYPED' },
        { name: 's_count', type: 'UNTYPED' },
      ]);
      expect(await protobufSamples(store)).toEqual(textSamples(store));
    }
  });

  test('holds long texts and many series: lengths take as many bytes as they need', async () => {
    const store = emptyStore();
    const gauge = family(store, { name: 'x', type: 'gauge', help: 'é'.repeat(20_000) });
    for (let i = 0; i < 3000; i++) series(gauge, { i: String(i), text: 'ü'.repeat(100) }).set(i);
    expect(await protobufSamples(store)).toEqual(textSamples(store));
    expect(await families(store)).toMatchObject([{ help: 'é'.repeat(20_000) }]);
  });

  test('follows series that come and go between pages', async () => {
    const change = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 8 }), async (rounds) => {
        const store = emptyStore();
        const gauge = family(store, { name: 'x', type: 'gauge' });
        for (const [round, changes] of rounds.entries()) {
          for (const [i, stays] of changes) {
            const one = series(gauge, { i: 'v'.repeat(i) });
            if (stays) one.set(round);
            else gauge.remove(one);
          }
          expect(await protobufSamples(store)).toEqual(textSamples(store));
        }
      }),
    );
  });

  test('is written into the buffer it is given where that is large enough, and is empty without series', async () => {
    const store = emptyStore();
    const gauge = family(store, { name: 'x', type: 'gauge' });
    expect(await protobuf(store)).toHaveLength(0);
    series(gauge).set(1);
    const page = await protobuf(store);
    const buffer = Buffer.alloc(1000);
    expect(store.render('protobuf', buffer).buffer).toBe(buffer.buffer);
    expect(store.render('protobuf', Buffer.alloc(3)).equals(page)).toBe(true);
  });

  test('cannot be rendered before it was loaded', () => {
    expect(() => emptyStore().render('protobuf')).toThrow('before it is loaded');
  });
});

test('series with native buckets take no classic ones from elsewhere', () => {
  const native = { schema: 3, maxBuckets: 256 };
  const one = series(family(emptyStore(), { name: 'x', type: 'histogram', bounds: [1] }), {}, { native });
  expect(one.setBuckets([1, 2], 3)).toBe(false);
  expect(one.read()).toEqual([0, 0, 0]);
});
