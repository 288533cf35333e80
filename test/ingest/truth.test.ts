import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStore } from '../../src/exposition/store.ts';
import { createIngest, type Ingest } from '../../src/ingest/push.ts';
import { pageOf, storeLimits } from './running.ts';

const begin = 1_700_000_000_000;
const ttl = 60_000;
const coldStart = 60_000;
const lifetime = ttl * 11;

/** A process: the name and the start that it says, what it has counted, and what of that it has pushed. */
interface Writer {
  name: string;
  start: number | undefined;
  buckets: [number, number];
  pushed: [number, number];
  lastPush: number;
}

type Event =
  | { readonly kind: 'work'; readonly writer: number; readonly by: number; readonly bucket: 0 | 1 }
  | { readonly kind: 'push'; readonly writer: number }
  | { readonly kind: 'restart'; readonly writer: number; readonly name: number; readonly says: boolean }
  | { readonly kind: 'pause'; readonly seconds: number }
  | { readonly kind: 'sidecar restarts' };

const writer = fc.nat(3);
const bucket = fc.constantFrom(0 as const, 1 as const);
const by = fc.oneof(fc.nat(3), fc.nat(1000));
const name = fc.nat(2);
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('work' as const), writer, by, bucket }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('push' as const), writer }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restart' as const), writer, name, says: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('pause' as const), seconds: fc.integer({ min: 1, max: 90 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'sidecar restarts' as const }) },
);

function payloadOf({ buckets: [low, high] }: Writer): unknown {
  const count = low + high;
  return [
    { name: 'c_total', type: 'counter', values: [{ value: count }] },
    {
      name: 'h',
      type: 'histogram',
      values: [
        { name: 'h_bucket', labels: { le: '1' }, value: low },
        { name: 'h_bucket', labels: { le: '+Inf' }, value: count },
        { name: 'h_sum', value: low + 5 * high },
        { name: 'h_count', value: count },
      ],
    },
    {
      name: 's',
      type: 'summary',
      values: [
        { name: 's_sum', value: low + 5 * high },
        { name: 's_count', value: count },
      ],
    },
  ];
}

const samples = [
  'c_total',
  'h_bucket{le="1.0"}',
  'h_bucket{le="+Inf"}',
  'h_sum',
  'h_count',
  's_count',
  's_sum',
] as const;

/** What each sample of the page would be if all that was pushed were counted once. */
const truths = ([low, high]: readonly [number, number]) => [
  ...[low + high, low, low + high, low + 5 * high, low + high, low + high, low + 5 * high],
];

function exported(page: string): number[] {
  const lines = page.split('\n');
  return samples.map((sample) => {
    const line = lines.find((candidate) => candidate.startsWith(`${sample} `));
    return line === undefined ? 0 : Number(line.slice(sample.length + 1));
  });
}

/**
 * Plays events. Every life of the sidecar counts from nothing, as Prometheus' increase() sees a counter that began
 * again at its most.
 *
 * @param isUnique each process has a name and start that no other has
 */
function play(events: readonly Event[], initial: readonly Writer[], isUnique: boolean): void {
  let now = begin;
  let names = 10;
  let starts = 0;
  const writers = initial.map((one) => structuredClone(one));
  const told: [number, number] = [0, 0];
  const before = samples.map(() => 0);
  let sidecar: { ingest: Ingest; page: () => string; startedAt: number };
  const startSidecar = () => {
    const startedAt = now;
    const store = createStore({ limits: storeLimits, now: () => now });
    const limits = { ttl, clients: 1000, values: 100_000 };
    sidecar = { ingest: createIngest({ store, limits, startedAt, coldStart }), page: () => pageOf(store), startedAt };
  };
  const fresh = (says: boolean, of: number): Writer => ({
    name: isUnique ? `n${names++}` : `n${of}`,
    // One second in ten has two processes.
    start: says || isUnique ? now / 1000 + (isUnique ? ++starts / 100 : 0) : undefined,
    buckets: [0, 0],
    pushed: [0, 0],
    lastPush: now,
  });
  const restart = (i: number, says: boolean, of: number) => {
    writers[i] = fresh(says, of);
  };
  startSidecar();
  let last = samples.map(() => 0);
  for (const happening of events) {
    if (happening.kind === 'pause') {
      now += happening.seconds * 1000;
      // What a client promises: it pushes while the sidecar is young, and before it is forgotten.
      writers.forEach((one, i) => {
        const due = Math.min(
          one.lastPush + lifetime,
          one.lastPush < sidecar.startedAt ? sidecar.startedAt + coldStart : Number.POSITIVE_INFINITY,
        );
        if (now >= due) restart(i, one.start !== undefined, Number(one.name.slice(1)) % 3);
      });
    } else if (happening.kind === 'sidecar restarts') {
      exported(sidecar!.page()).forEach((value, i) => {
        before[i]! += value;
      });
      last = samples.map(() => 0);
      // A source is a name and a start: two processes that say the same are told apart by a sidecar that saw both
      // begin, only.
      writers.forEach((one, i) => {
        const same = writers.findIndex(({ name, start }) => name === one.name && start === one.start);
        if (one.start !== undefined && same < i)
          writers[i] = { ...fresh(true, Number(one.name.slice(1))), start: now / 1000 + i / 10 };
      });
      now += 1000;
      startSidecar();
    } else if (happening.kind === 'restart') {
      now += 1000;
      restart(happening.writer, happening.says, happening.name);
    } else {
      const one = writers[happening.writer]!;
      if (happening.kind === 'work') {
        one.buckets[happening.bucket] += happening.by;
        continue;
      }
      now += 10;
      const { ok } = sidecar!.ingest.push(payloadOf(one), { client: one.name, start: one.start }, now);
      expect(ok).toBe(true);
      for (const i of [0, 1] as const) told[i] += one.buckets[i] - one.pushed[i];
      one.pushed = [...one.buckets];
      one.lastPush = now;
      const page = exported(sidecar!.page());
      const truth = truths(told);
      page.forEach((value, i) => {
        expect(value, samples[i]).toBeGreaterThanOrEqual(last[i]!);
        const all = before[i]! + value;
        if (isUnique && before.every((n) => n === 0)) expect(all, samples[i]).toBe(truth[i]);
        else expect(all, samples[i]).toBeLessThanOrEqual(truth[i]!);
      });
      last = page;
    }
  }
}

const first = (says: boolean, name: string, count: number): Writer => ({
  name,
  start: says ? begin / 1000 : undefined,
  buckets: [count, 0],
  pushed: [0, 0],
  lastPush: begin,
});

describe('what is exported', () => {
  const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

  test('is never above the truth: names are shared, starts unknown, shared or changing, processes and the sidecar restart', () => {
    const initial = fc.array(
      fc.tuple(fc.boolean(), fc.nat(2), fc.nat(1000)).map(([says, of, count]) => first(says, `n${of}`, count)),
      { minLength: 4, maxLength: 4 },
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), initial, (events, writers) => play(events, writers, false)),
      { numRuns },
    );
  }, 600_000);

  test('is the truth where every process has a name or start of its own and the sidecar stays', () => {
    const stays = event.filter(({ kind }) => kind !== 'sidecar restarts');
    const initial = [0, 1, 2, 3].map((i) => ({ ...first(true, 'shared', i), start: begin / 1000 + i / 100 }));
    fc.assert(
      fc.property(fc.array(stays, { maxLength: 60 }), (events) => play(events, initial, true)),
      { numRuns },
    );
  }, 600_000);
});

describe('the cases that were measured', () => {
  const run = (
    pushes: readonly (readonly [client: string | undefined, start: number | undefined, value: number])[],
  ) => {
    let now = begin + 120_000;
    const store = createStore({ limits: storeLimits, now: () => now });
    const limits = { ttl, clients: 1000, values: 100_000 };
    const ingest = createIngest({ store, limits, startedAt: begin, coldStart });
    return pushes.map(([client, start, value]) => {
      now += 1000;
      ingest.push([{ name: 'c_total', type: 'counter', values: [{ value }] }], { client, start }, now);
      return exported(pageOf(store))[0];
    });
  };
  const sixty = Array.from({ length: 60 }, (_, i) => i + 1);

  test('two anonymous writers, 1,000 and 10, sixty pushes each: the larger one is counted, not 61,900', () => {
    const pushes = sixty.flatMap((i) => [
      [undefined, undefined, 1000 + i] as const,
      [undefined, undefined, 10 + i] as const,
    ]);
    expect(run(pushes).at(-1)).toBe(1060);
  });

  test('with a start of their own both are counted in full', () => {
    const pushes = sixty.flatMap((i) => [
      [undefined, begin / 1000 + 1, 1000 + i] as const,
      [undefined, begin / 1000 + 1.01, 1000 + i] as const,
    ]);
    expect(run(pushes).at(-1)).toBe(2120);
  });

  test('a restart is counted once the next push confirms it, a push that came late is not', () => {
    const values = (list: readonly number[]) => run(list.map((value) => ['a', undefined, value] as const));
    expect(values([100, 5, 8, 9])).toEqual([100, 100, 108, 109]);
    expect(values([105, 100, 106, 107])).toEqual([105, 105, 106, 107]);
    expect(values([1000, 10, 11, 1001, 12])).toEqual([1000, 1000, 1011, 1012, 1013]);
    expect(values([100, 5, 3, 4])).toEqual([100, 100, 100, 104]);
  });
});
