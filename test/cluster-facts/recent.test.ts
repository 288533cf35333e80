import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRecent } from '../../src/cluster/recent.ts';

test('what was not asked for longest is forgotten', () => {
  const recent = createRecent<number>(2);
  recent.set('a', 1);
  recent.set('b', 2);
  recent.get('a');
  recent.set('c', 3);
  expect(['a', 'b', 'c'].map((key) => recent.get(key))).toEqual([1, undefined, 3]);
});

test('holds the last keys that were used, with their last values', () => {
  const step = fc.tuple(fc.constantFrom('get', 'set'), fc.integer({ min: 0, max: 6 }), fc.nat());
  fc.assert(
    fc.property(fc.array(step), fc.integer({ min: 1, max: 4 }), (steps, most) => {
      const recent = createRecent<number>(most);
      // The model: most recently used last.
      let model: (readonly [string, number])[] = [];
      for (const [what, key, value] of steps.map(([a, b, c]) => [a, String(b), c] as const)) {
        const there = model.find(([other]) => other === key);
        if (what === 'get') expect(recent.get(key)).toBe(there?.[1]);
        else recent.set(key, value);
        const next = what === 'set' ? ([key, value] as const) : there;
        if (next !== undefined) model = [...model.filter((one) => one !== there), next].slice(-most);
      }
      for (const [key, value] of model) expect(recent.get(key)).toBe(value);
    }),
  );
});
