import { describe, expect, test } from 'vitest';
import { createStore } from '../../../src/exposition/store.ts';
import { createIngest } from '../../../src/ingest/push.ts';
import { pageOf, storeLimits } from '../running.ts';

const begin = 1_700_000_000_000;

function started(limits = {}) {
  const clock = { now: begin };
  const store = createStore({ limits: storeLimits, now: () => clock.now });
  const ingest = createIngest({
    store,
    limits: { ttl: 60_000, clients: 100, values: 1000, ...limits },
    startedAt: begin,
  });
  const push = (client: string, values: Readonly<Record<string, number>>, start?: number) => {
    const payload = Object.entries(values).map(([name, value]) => ({
      name,
      type: name.endsWith('_total') ? 'counter' : 'gauge',
      values: [{ value }],
    }));
    return ingest.push(payload, { client, start }, clock.now);
  };
  const wait = (seconds: number) => {
    clock.now += seconds * 1000;
  };
  return { ingest, store, push, wait, clock };
}

describe('clients', () => {
  test('live while their age is less than the TTL', () => {
    const { ingest, push, wait, clock } = started();
    push('a', { g: 1 });
    wait(59.999);
    expect(ingest.expire(clock.now).expired).toBe(0);
    wait(0.001);
    expect(ingest.expire(clock.now).expired).toBe(1);
    expect([ingest.clients.live.size, ingest.clients.gone.size]).toEqual([0, 1]);
  });

  test('are remembered for ten TTLs more, so that the same process is not counted twice', () => {
    const { ingest, store, push, wait, clock } = started();
    push('a', { c_total: 5 });
    wait(659);
    expect(push('a', { c_total: 7 }).events.revived).toBe(1);
    expect(pageOf(store)).toContain('c_total 7\n');
    wait(660);
    ingest.expire(clock.now);
    expect(ingest.clients.gone.size).toBe(0);
    expect(ingest.clients.values).toBe(0);
    expect(pageOf(store)).toContain('c_total 7\n');
  });

  test('that come back as another process count from nothing', () => {
    const { store, push, wait } = started();
    push('a', { c_total: 5 }, begin / 1000);
    wait(100);
    push('a', { c_total: 7 }, begin / 1000 + 50);
    expect(pageOf(store)).toContain('c_total 12\n');
  });

  test('never go where the TTL is none', () => {
    const { ingest, push, wait, clock } = started({ ttl: Number.POSITIVE_INFINITY });
    push('a', { g: 1 });
    wait(1e9);
    expect(ingest.expire(clock.now).expired).toBe(0);
  });

  test('are not lost when the clock is set back', () => {
    const { ingest, push, wait, clock } = started();
    push('a', { g: 1 });
    wait(-3600);
    push('b', { g: 2 });
    expect(ingest.expire(clock.now).expired).toBe(0);
    expect(ingest.clients.live.size).toBe(2);
  });

  test('that are gone make room for those that live, and only where that is enough', () => {
    const { ingest, push, wait } = started({ values: 8 });
    push('a', { a_total: 1, b_total: 1 });
    wait(60);
    push('b', { a_total: 1, b_total: 1 });
    expect([ingest.clients.values, ingest.clients.gone.size]).toEqual([8, 1]);
    const tooMuch = push('c', { a_total: 1, b_total: 1, d_total: 1 });
    expect(tooMuch).toMatchObject({ ok: false, cause: 'limit' });
    expect(ingest.clients.gone.size).toBe(1);
    expect(push('c', { a_total: 1, b_total: 1 }).ok).toBe(true);
    expect([ingest.clients.values, ingest.clients.gone.size]).toEqual([8, 0]);
  });

  test('whose counters fall again and again are told once in a minute', () => {
    const { push, wait } = started();
    const conflicts = [9, 8, 7, 6, 5, 4, 3].map((value) => push('a', { c_total: value }).events.identityConflicts);
    expect(conflicts).toEqual([[], [], [], [], ['a'], [], []]);
    wait(59);
    expect(push('a', { c_total: 2 }).events).toMatchObject({ falls: 1, identityConflicts: [] });
    wait(59);
    expect(push('a', { c_total: 1 }).events.identityConflicts).toEqual([]);
  });
});

describe('events', () => {
  test('name what does not fit between clients', () => {
    const { ingest, clock } = started();
    const push = (client: string, family: object) =>
      ingest.push([{ type: 'gauge', ...family }], { client, start: undefined }, clock.now).events;
    push('a', { name: 'g', help: 'One.', aggregate: 'max', values: [{ value: 1 }] });
    expect(push('b', { name: 'g', help: 'Two.', aggregate: 'min', values: [{ value: 1 }] })).toMatchObject({
      helpConflicts: 1,
      aggregateConflicts: 1,
    });
    expect(push('b', { name: 'g', help: 'One.', aggregate: 'max', values: [{ value: 1 }] })).toMatchObject({
      helpConflicts: 0,
      aggregateConflicts: 0,
    });
  });

  test('count baselines of processes that are older than the sidecar', () => {
    const { push } = started();
    expect(push('young', { c_total: 5 }, begin / 1000).events.baselines).toBe(0);
    expect(push('old', { c_total: 5 }, begin / 1000 - 1).events.baselines).toBe(1);
  });
});

describe('clients without a start, while the sidecar is young', () => {
  const young = () => {
    const clock = { now: begin };
    const store = createStore({ limits: storeLimits, now: () => clock.now });
    const limits = { ttl: 60_000, clients: 100, values: 1000 };
    const ingest = createIngest({ store, limits, startedAt: begin, coldStart: 60_000 });
    const push = (client: string, value: number, start?: number) => {
      ingest.push([{ name: 'c_total', type: 'counter', values: [{ value }] }], { client, start }, clock.now);
      return Number(/^c_total (.*)$/m.exec(pageOf(store))?.[1]);
    };
    return { push, clock };
  };

  test('are only watched; then what they add counts', () => {
    const { push, clock } = young();
    expect([push('a', 1000), push('a', 1010)]).toEqual([0, 0]);
    clock.now += 60_000;
    expect([push('a', 1030), push('new', 5)]).toEqual([20, 25]);
  });

  test('may be several: what each had when it was first seen is not counted, in whatever order they come', () => {
    const { push, clock } = young();
    expect([push('', 10), push('', 1000), push('', 11)]).toEqual([0, 0, 0]);
    clock.now += 60_000;
    expect([push('', 12), push('', 1001), push('', 13), push('', 1002)]).toEqual([0, 1, 1, 2]);
  });

  test('count in full where they say a start that is later than the sidecar', () => {
    const { push } = young();
    expect([push('a', 7, begin / 1000 + 1), push('b', 7, begin / 1000 - 1)]).toEqual([7, 7]);
  });
});
