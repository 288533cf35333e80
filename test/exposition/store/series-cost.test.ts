import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FamilySpec } from '../../../src/exposition/metric/family.ts';
import { createStore } from '../../../src/exposition/store.ts';
import { created, storeLimits } from '../fixture.ts';

const storeOf = (bytes: number) =>
  createStore({ limits: { ...storeLimits, labelValueBytes: 4096, bytes }, now: () => created });
const spec: FamilySpec = { name: 'app', type: 'counter', help: '', owner: 'test' };

describe('the limit of bytes', () => {
  test('refuses what is over it by reason and name, and lets what is there go on', () => {
    const store = storeOf(100_000);
    const family = store.family(spec);
    if (!family.ok) throw new Error(family.detail);
    const made = Array.from({ length: 100 }, (_, i) => family.value.series([['url', `${i}`.padEnd(1900, 'x')]]));
    const taken = made.filter(({ ok }) => ok);
    expect(taken.length).toBeGreaterThan(10);
    expect(taken.length).toBeLessThan(20);
    expect(store.bytes).toBeLessThanOrEqual(100_000);
    expect(store.topRefused(1)).toMatchObject([{ name: 'app', reason: 'bytes_limit', count: 100 - taken.length }]);
    expect(family.value.series([['url', '0'.padEnd(1900, 'x')]])).toEqual(made[0]);
    expect(store.family({ ...spec, name: 'x'.repeat(2000) })).toMatchObject({ reason: 'bytes_limit' });
  });

  test('is not for what a runtime tells of itself', () => {
    const store = storeOf(0);
    const own = store.family({ ...spec, owner: 'test/own' });
    expect(own.ok && own.value.series([['reason', 'bytes_limit']]).ok).toBe(true);
    expect(store.bytes).toBe(0);
  });

  test('counts each line of a series, and a wide character for all of its label', () => {
    const cost = (more: Partial<FamilySpec>, value: string) => {
      const store = storeOf(1e9);
      const family = store.family({ ...spec, ...more });
      const before = store.bytes;
      if (family.ok) family.value.series([['url', value]]);
      return store.bytes - before;
    };
    const plain = cost({}, 'x'.repeat(1000));
    expect(cost({ type: 'histogram', bounds: [1, 2, 3] }, 'x'.repeat(1000))).toBeGreaterThan(plain + 5000);
    expect(cost({}, `x${'é'.repeat(999)}`)).toBeGreaterThan(plain + 1900);
    expect(cost({}, `漢${'x'.repeat(999)}`)).toBeGreaterThan(plain + 990);
    expect(cost({ ownerBytes: 3000 }, 'x'.repeat(1000))).toBe(plain + 3000);
  });

  test('what goes gives back what it took', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(5), fc.string({ maxLength: 30 }), fc.boolean()), { maxLength: 60 }),
        (steps) => {
          const store = storeOf(20_000);
          const kinds = ['counter', 'gauge', 'summary', 'histogram'] as const;
          for (const [n, value, removes] of steps) {
            const type = kinds[n % kinds.length]!;
            const family = store.family({
              ...spec,
              name: `app_${n}`,
              type,
              bounds: [1],
              quantiles: [0.5],
              ownerBytes: n * 10,
            });
            const series = family.ok ? family.value.series([['v', value]]) : family;
            expect(store.bytes).toBeLessThanOrEqual(20_000);
            if (removes && family.ok && series.ok) family.value.remove(series.value);
          }
          for (let n = 0; n <= 5; n++) {
            const family = store.family({ ...spec, name: `app_${n}`, type: kinds[n % kinds.length]! });
            if (!family.ok) continue;
            const made = family.value.series([['last', '1']]);
            for (const series of [...family.value.all()]) family.value.remove(series);
            if (!made.ok) expect(made.reason).toBe('bytes_limit');
          }
          expect([store.seriesCount, store.labelBytes]).toEqual([0, 0]);
        },
      ),
    );
  });
});
