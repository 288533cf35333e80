import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MetricStore } from '../../src/exposition/metric/metric-store.ts';
import { createStore } from '../../src/exposition/store.ts';
import { createIngest, type Ingest } from '../../src/ingest/push.ts';
import { pageOf, storeLimits } from './running.ts';

const ttl = 60_000;
const begin = 1_700_000_000_000;

type Event =
  | { readonly kind: 'work'; readonly worker: number; readonly by: number; readonly bucket: number }
  | { readonly kind: 'push'; readonly worker: number }
  | { readonly kind: 'restart'; readonly worker: number; readonly how: 'new id' | 'new start' }
  | { readonly kind: 'pause'; readonly seconds: number }
  | { readonly kind: 'scrape' };

const worker = fc.integer({ min: 0, max: 3 });
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('work' as const), worker, by: fc.nat(1000), bucket: fc.nat(2) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('push' as const), worker }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('restart' as const),
      worker,
      how: fc.constantFrom('new id' as const, 'new start' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('pause' as const), seconds: fc.integer({ min: 1, max: 150 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'scrape' as const }) },
);

/** A process: what it has counted, and what of that nobody was told yet. */
interface Process {
  id: string;
  start: number;
  count: number;
  buckets: number[];
  unsaid: number;
  unsaidBuckets: number[];
}

function payloadOf({ id, count, buckets }: Process): unknown {
  const labels = { _id: id };
  let below = 0;
  const ladder = buckets.map((n, i) => {
    below += n;
    return { name: 'h_bucket', labels: { ...labels, le: ['1', '2', '+Inf'][i] }, value: below };
  });
  return [
    { name: 'c_total', type: 'counter', help: 'C.', values: [{ name: 'c_total', labels, value: count }] },
    {
      name: 'h',
      type: 'histogram',
      values: [...ladder, { name: 'h_sum', labels, value: below * 2 }, { name: 'h_count', labels, value: below }],
    },
  ];
}

function sampleOf(store: MetricStore, sample: string): number {
  const line = pageOf(store)
    .split('\n')
    .find((candidate) => candidate.startsWith(`${sample} `));
  return line === undefined ? 0 : Number(line.slice(sample.length + 1));
}

describe('conservation', () => {
  test('publishes exactly what was counted and pushed, over any schedule of pushes, restarts and expiries', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80 }), (events) => {
        let now = begin;
        let names = 0;
        const fresh = (id?: string): Process => ({
          id: id ?? `p${names++}`,
          // Further apart than any clock's jitter.
          start: begin / 1000 + 10 * names++,
          count: 0,
          buckets: [0, 0, 0],
          unsaid: 0,
          unsaidBuckets: [0, 0, 0],
        });
        const processes = Array.from({ length: 4 }, () => fresh());
        const store = createStore({ limits: storeLimits, now: () => now });
        const ingest: Ingest = createIngest({ store, limits: { ttl, clients: 1000, values: 100_000 }, startedAt: now });
        let told = 0;
        const toldBuckets = [0, 0, 0];
        let last = 0;
        for (const happening of events) {
          if (happening.kind === 'pause') now += happening.seconds * 1000;
          else if (happening.kind === 'scrape') ingest.expire(now);
          else {
            const process = processes[happening.worker]!;
            if (happening.kind === 'work') {
              process.count += happening.by;
              process.unsaid += happening.by;
              process.buckets[happening.bucket]! += 1;
              process.unsaidBuckets[happening.bucket]! += 1;
            } else if (happening.kind === 'restart') {
              processes[happening.worker] = fresh(happening.how === 'new id' ? undefined : process.id);
            } else {
              const pushed = ingest.push(payloadOf(process), { client: undefined, start: process.start }, now);
              expect(pushed.ok).toBe(true);
              told += process.unsaid;
              for (const [i, n] of process.unsaidBuckets.entries()) toldBuckets[i]! += n;
              process.unsaid = 0;
              process.unsaidBuckets = [0, 0, 0];
            }
          }
          const published = sampleOf(store, 'c_total');
          expect(published).toBe(told);
          expect(published).toBeGreaterThanOrEqual(last);
          last = published;
        }
        const [first = 0, second = 0, third = 0] = toldBuckets;
        expect(sampleOf(store, 'h_bucket{le="1.0"}')).toBe(first);
        expect(sampleOf(store, 'h_bucket{le="2.0"}')).toBe(first + second);
        expect(sampleOf(store, 'h_count')).toBe(first + second + third);
        expect(sampleOf(store, 'h_sum')).toBe(2 * (first + second + third));
      }),
      { numRuns: 150 },
    );
  });

  test('pushing the same again changes nothing, by the plan and without it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.nat(100)), { maxLength: 10 }), fc.nat(5), (rows, again) => {
        const store = createStore({ limits: storeLimits, now: () => begin });
        const ingest = createIngest({ store, limits: { ttl, clients: 10, values: 1000 }, startedAt: begin });
        const values = [...new Map(rows)].map(([label, value]) => ({ labels: { l: label.toWellFormed() }, value }));
        const unique = values.filter(({ labels }, i) => values.findIndex((other) => other.labels.l === labels.l) === i);
        const payload = [
          { name: 'c_total', type: 'counter', values: unique },
          { name: 'g', type: 'gauge', values: unique },
        ];
        const identity = { client: 'a', start: undefined };
        expect(ingest.push(payload, identity, begin).ok).toBe(true);
        const page = pageOf(store);
        for (let i = 0; i < again; i++) {
          // Every second time as another shape, which is validated and looked up again.
          const shaped = i % 2 === 0 ? payload : payload.toReversed();
          expect(ingest.push(shaped, identity, begin + i).ok).toBe(true);
          expect(pageOf(store)).toBe(page);
        }
      }),
    );
  });
});
