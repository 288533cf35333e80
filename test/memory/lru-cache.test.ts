import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLruCache } from '../../src/memory/lru-cache.ts';

test('the entry that was not used for longest is dropped', () => {
  const cache = createLruCache<number>(2);
  cache.set('a', 1);
  cache.set('b', 2);
  cache.get('a');
  cache.set('c', 3);
  expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual([1, undefined, 3]);
});

test('holds the last keys that were used, with their last values', () => {
  const step = fc.tuple(fc.constantFrom('get', 'set'), fc.integer({ min: 0, max: 6 }), fc.nat());
  fc.assert(
    fc.property(fc.array(step), fc.integer({ min: 1, max: 4 }), (steps, most) => {
      const cache = createLruCache<number>(most);
      // The model: most recently used last.
      let model: (readonly [string, number])[] = [];
      for (const [what, key, value] of steps.map(([a, b, c]) => [a, String(b), c] as const)) {
        const there = model.find(([other]) => other === key);
        if (what === 'get') expect(cache.get(key)).toBe(there?.[1]);
        else cache.set(key, value);
        const next = what === 'set' ? ([key, value] as const) : there;
        if (next !== undefined) model = [...model.filter((one) => one !== there), next].slice(-most);
      }
      for (const [key, value] of model) expect(cache.get(key)).toBe(value);
    }),
  );
});
