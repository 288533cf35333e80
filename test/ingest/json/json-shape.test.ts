import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStore } from '../../../src/exposition/store.ts';
import { createIngest } from '../../../src/ingest/push.ts';
import { pageOf, storeLimits } from '../running.ts';

const begin = 1_700_000_000_000;

interface Row {
  name?: string;
  labels?: Record<string, string>;
  value: unknown;
}

interface Family {
  name: string;
  type?: string;
  help?: string;
  values: Row[];
}

const base: Family[] = [
  { name: 'c_total', type: 'counter', help: 'C.', values: [{ name: 'c_total', labels: { a: '1', b: '2' }, value: 1 }] },
  {
    name: 'g',
    type: 'gauge',
    help: 'G.',
    values: [{ labels: { a: '1' }, value: 1 }, { value: 2 }, { labels: { a: '9', b: '2' }, value: 3 }],
  },
];

/** Small changes of a payload's shape or values, of which a remembered plan must miss none. */
const changes: readonly ((payload: Family[]) => void)[] = [
  () => {},
  ([, g]) => (g!.values[0]!.value = 7),
  ([c]) => (c!.values[0]!.value = 5),
  ([c]) => (c!.values[0]!.labels = { b: '2', a: '1' }),
  ([c]) => (c!.values[0]!.labels = { a: '1', b: '3' }),
  ([c]) => (c!.values[0]!.labels = { a: '1' }),
  ([c]) => (c!.values[0]!.labels = { a: '1', b: '2', c: '3' }),
  ([c]) => (c!.values[0]!.labels = { a: '1', bb: '2' }),
  ([c]) => delete c!.values[0]!.labels,
  ([c]) => delete c!.values[0]!.name,
  ([c]) => delete c!.type,
  ([c]) => (c!.help = 'Other.'),
  ([, g]) => g!.values.pop(),
  ([, g]) => (g!.values[2]!.labels = { a: '9' }),
  ([, g]) => g!.values.reverse(),
  ([, g]) => g!.values.push({ labels: { a: '2' }, value: 3 }),
  ([, g]) => (g!.values[1]!.labels = {}),
  ([, g]) => (g!.values[1]!.value = 'NaN'),
  ([, g]) => (g!.values[1]!.value = null),
  ([, g]) => (g!.values[1]!.value = '7'),
  ([c]) => (c!.values[0]!.value = -1),
  (payload) => payload.reverse(),
  (payload) => payload.pop(),
  (payload) => payload.push({ name: 'n', type: 'gauge', values: [{ value: 1 }] }),
  (payload) => (payload[1] = null as unknown as Family),
  (payload) => (payload[1]!.values = {} as unknown as Row[]),
  (payload) => (payload[1]!.values[0] = 3 as unknown as Row),
  (payload) => (payload[1]!.values[0]!.labels = [] as unknown as Record<string, string>),
];

function changed(index: number): Family[] {
  const payload = structuredClone(base);
  changes[index]!(payload);
  return payload;
}

describe('the plan of the last push', () => {
  test('gives what validating and looking up everything again gives, whatever changed between two pushes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(changes.length - 1), fc.constantFrom('a', 'b')), { maxLength: 12 }),
        (pushes) => {
          const [planned, unplanned] = [0, 1].map(() => {
            const store = createStore({ limits: storeLimits, now: () => begin });
            const limits = { ttl: 60_000, clients: 10, values: 1000 };
            return { store, ingest: createIngest({ store, limits, startedAt: begin }) };
          });
          for (const [change, client] of pushes) {
            for (const client of unplanned!.ingest.clients.live.values()) client.plan = undefined;
            const identity = { client, start: undefined };
            const first = planned!.ingest.push(changed(change), identity, begin);
            const second = unplanned!.ingest.push(changed(change), identity, begin);
            expect({ ...first, events: { ...first.events, helpConflicts: 0 } }).toEqual({
              ...second,
              events: { ...second.events, helpConflicts: 0 },
            });
            expect(pageOf(planned!.store)).toBe(pageOf(unplanned!.store));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('is used where nothing but values changed', () => {
    const store = createStore({ limits: storeLimits, now: () => begin });
    const ingest = createIngest({ store, limits: { ttl: 60_000, clients: 10, values: 1000 }, startedAt: begin });
    const push = (change: number) => ingest.push(changed(change), { client: 'a', start: undefined }, begin);
    push(0);
    const plan = ingest.clients.live.get('a')?.plan;
    expect(plan).toBeDefined();
    push(1);
    push(20);
    expect(ingest.clients.live.get('a')?.plan).toBe(plan);
    push(3);
    expect(ingest.clients.live.get('a')?.plan).not.toBe(plan);
  });

  test('is not kept where its texts are out of all proportion', () => {
    const store = createStore({ limits: storeLimits, now: () => begin });
    const ingest = createIngest({ store, limits: { ttl: 60_000, clients: 10, values: 1000 }, startedAt: begin });
    const payload = [{ name: 'g', type: 'gauge', help: 'x'.repeat(100_000), values: [{ value: 1 }] }];
    expect(ingest.push(payload, { client: 'a', start: undefined }, begin).ok).toBe(true);
    expect(ingest.clients.live.get('a')?.plan).toBeUndefined();
  });
});
