import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineTable, LONGEST_KEY, Op } from '../../src/statsd/table.ts';

/** A table driven by texts `name` and `rest`. */
function textTable(most: number, seed = 7) {
  const table = new LineTable(most, seed);
  const place = (name: string, rest: string) => {
    const bytes = Buffer.from(`xx${name}:1${rest}\n`, 'latin1');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return [view, 2, name.length, 4 + name.length, rest.length] as const;
  };
  return {
    table,
    insert: (name: string, rest: string, at: number) =>
      table.insert({ op: Op.counter, at, factor: 1 }, ...place(name, rest)),
    at(name: string, rest: string): number | undefined {
      const index = table.find(...place(name, rest));
      return index === -1 ? undefined : table.meta[index * 4 + 3];
    },
  };
}

/** Names that the hash does not tell apart, as only somebody who knows the seed can make them: eight bytes, two words. */
function colliding(count: number, seed: number): readonly string[] {
  // The hash adds up first * multiplier + second, of words mixed by x ^ x >>> 15: what one grows by, the other falls by.
  const unmixed = (word: number) => word ^ (word >>> 15) ^ (word >>> 30);
  const bytes = Buffer.alloc(8);
  return Array.from({ length: count }, (_, i) => {
    bytes.writeInt32LE(unmixed(i), 0);
    bytes.writeInt32LE(unmixed(Math.imul(-i, seed | 1)), 4);
    return bytes.toString('latin1');
  });
}

test('a key is its name and its rest, and where one ends', () => {
  const { insert, at } = textTable(16);
  insert('a|b', '|c', 1);
  expect(at('a|b', '|c')).toBe(1);
  expect(at('a', '|b|c')).toBeUndefined();
  expect(at('a|', 'b|c')).toBeUndefined();
  expect(at('a|c', '|c')).toBeUndefined();
});

test('keys with the same hash are told apart', () => {
  const { insert, at } = textTable(64, 12_345);
  const names = colliding(20, 12_345);
  names.forEach((name, i) => {
    insert(name, '|c', i);
  });
  names.forEach((name, i) => {
    expect(at(name, '|c')).toBe(i);
  });
});

test('keys made to collide cost a bounded search and are not all remembered', () => {
  const { table, insert, at } = textTable(4096, 12_345);
  const names = colliding(1000, 12_345);
  names.forEach((name, i) => {
    insert(name, '|c', i);
  });
  expect(table.size).toBeLessThan(40);
  expect(at(names[0]!, '|c')).toBe(0);
  expect(at(names[999]!, '|c')).toBeUndefined();
});

test('with another seed the same keys do not collide', () => {
  const { table, insert } = textTable(4096, 987_654_321);
  for (const name of colliding(1000, 12_345)) insert(name, '|c', 1);
  expect(table.size).toBeGreaterThan(990);
});

test('what is used survives what comes once', () => {
  const { table, insert, at } = textTable(100);
  for (let i = 0; i < 20; i++) insert(`hot${i}`, '|c', i);
  for (let i = 0; i < 10_000; i++) {
    insert(`cold${i}`, '|c', 1000 + i);
    if (i % 5 === 0) for (let hot = 0; hot < 20; hot++) expect(at(`hot${hot}`, '|c')).toBe(hot);
    expect(table.size).toBeLessThanOrEqual(100);
  }
  expect(table.evicted).toBeGreaterThan(9000);
});

test('where everything is used, half of it survives', () => {
  const { table, insert, at } = textTable(100);
  for (let i = 0; i < 100; i++) {
    insert(`k${i}`, '|c', i);
    at(`k${i}`, '|c');
  }
  insert('one more', '|c', 100);
  expect(table.size).toBe(51);
  expect(at('one more', '|c')).toBe(100);
});

test('bytes of keys are bounded as well as their number', () => {
  const { table, insert } = textTable(1000);
  for (let i = 0; i < 1000; i++) insert(`${i}`.padEnd(1000, 'x'), '|c', i);
  expect(table.size).toBeLessThanOrEqual(128);
});

test('what is too long is not remembered', () => {
  const { table, insert, at } = textTable(16);
  insert('x'.repeat(LONGEST_KEY - 1), '|c', 1);
  expect(table.size).toBe(0);
  expect(at('x'.repeat(70_000), '|c')).toBeUndefined();
  insert('x'.repeat(LONGEST_KEY - 2), '|c', 2);
  expect(at('x'.repeat(LONGEST_KEY - 2), '|c')).toBe(2);
});

test('it answers as a map does, or says that it does not know', () => {
  const key = fc.tuple(
    fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'b', '|', 'é') }),
    fc.constantFrom('|c', '|g'),
  );
  fc.assert(
    fc.property(
      fc.array(key, { maxLength: 300 }),
      fc.integer({ min: 16, max: 64 }),
      fc.integer(),
      (keys, most, seed) => {
        const { table, insert, at } = textTable(most, seed | 0);
        const known = new Map<string, number>();
        keys.forEach(([name, rest], i) => {
          const found = at(name, rest);
          if (found !== undefined) expect(found).toBe(known.get(`${name}:${rest}`));
          else {
            insert(name, rest, i);
            known.set(`${name}:${rest}`, i);
            expect(at(name, rest)).toBe(i);
          }
          expect(table.size).toBeLessThanOrEqual(most);
        });
      },
    ),
  );
});
