import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createObjectStore, keyOf } from '../../../src/kube/watch/object-store.ts';

test.each([
  [{ name: 'a' }, 'a'],
  [{ name: 'a', namespace: 'x' }, 'x/a'],
])('the key of %j', (metadata, key) => {
  expect(keyOf({ metadata })).toBe(key);
});

type Step =
  | { readonly do: 'put'; readonly key: string; readonly value: number }
  | { readonly do: 'remove'; readonly key: string }
  | { readonly do: 'replace'; readonly all: readonly (readonly [string, number])[] };

const key = fc.constantFrom('a', 'b', 'c');
const value = fc.nat({ max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('put' as const), key, value }),
  fc.record({ do: fc.constant('remove' as const), key }),
  fc.record({ do: fc.constant('replace' as const), all: fc.array(fc.tuple(key, value), { maxLength: 4 }) }),
);

test('holds what a map would; tells changes, and only those; what was given out stays as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(step, fc.boolean())), (steps) => {
      const store = createObjectStore<{ readonly value: number }>();
      let model = new Map<string, { value: number }>();
      for (const [one, look] of steps) {
        const before = look ? store.items() : undefined;
        const copy = new Map(model);
        let changed: boolean;
        if (one.do === 'put') {
          changed = store.put(one.key, { value: one.value });
          model.set(one.key, { value: one.value });
        } else if (one.do === 'remove') {
          changed = store.remove(one.key);
          model.delete(one.key);
        } else {
          model = new Map(one.all.map(([name, number]) => [name, { value: number }]));
          changed = store.replace(new Map(model));
        }
        const differs = JSON.stringify([...copy].sort()) !== JSON.stringify([...model].sort());
        expect(changed).toBe(differs);
        if (before === undefined) continue;
        expect(before).toEqual(copy);
        expect(store.items() === before).toBe(!changed);
      }
      expect(store.items()).toEqual(model);
    }),
  );
});

test('an equal value is the same one afterwards', () => {
  const store = createObjectStore<object>();
  const first = { a: [1] };
  store.put('x', first);
  store.put('x', { a: [1] });
  store.replace(
    new Map([
      ['x', { a: [1] }],
      ['y', {}],
    ]),
  );
  expect(store.items().get('x')).toBe(first);
});

test('the objects of a namespace by name, the same list until one of them changes', () => {
  const name = fc.constantFrom('a/x', 'a/y', 'b/x', 'node');
  const steps = fc.array(fc.tuple(fc.constantFrom('put', 'remove', 'replace'), fc.array(name), value), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(steps, (all) => {
      const store = createObjectStore<number>();
      for (const [one, names, number] of all) {
        const before = ['a', 'b', 'c'].map((namespace) => [namespace, store.inNamespace(namespace)] as const);
        const lists = JSON.stringify(before);
        if (one === 'put') for (const key of names) store.put(key, number);
        else if (one === 'remove') for (const key of names) store.remove(key);
        else store.replace(new Map(names.map((key) => [key, number])));
        expect(JSON.stringify(before)).toBe(lists);
        for (const [namespace, list] of before) {
          const expected = [...store.items()].filter(([key]) => key.startsWith(`${namespace}/`)).sort();
          expect(store.inNamespace(namespace)).toEqual(expected.map(([, held]) => held));
          if (one === 'put' && names.every((key) => !key.startsWith(namespace))) {
            expect(store.inNamespace(namespace)).toBe(list);
          }
        }
      }
    }),
  );
});
