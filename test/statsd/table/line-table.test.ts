import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Op } from '../../../src/statsd/series/op.ts';
import { LineTable, longestKey } from '../../../src/statsd/table/line-table.ts';

/** A table with texts for `name` and `rest`. */
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
    insertTimed: (name: string, rest: string, at: number) =>
      table.insert({ op: Op.counter | Op.timed, at, factor: 1 }, ...place(name, rest)),
    find: (name: string, rest: string) => table.find(...place(name, rest)),
    at(name: string, rest: string): number | undefined {
      const index = table.find(...place(name, rest));
      return index === -1 ? undefined : table.at(index);
    },
  };
}

/** Names with equal hashes, which only a sender that knows the seed can make: eight bytes, two words. */
function colliding(count: number, seed: number): readonly string[] {
  // The hash is first * multiplier + second, of words mixed by x ^ x >>> 15: the growth of one is the fall of the
  // other.
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
  expect(table.size).toBeLessThan(80);
  expect(at(names[0]!, '|c')).toBe(0);
  expect(at(names[999]!, '|c')).toBeUndefined();
});

test('with another seed the same keys do not collide', () => {
  const { table, insert } = textTable(4096, 987_654_321);
  for (const name of colliding(1000, 12_345)) insert(name, '|c', 1);
  expect(table.size).toBeGreaterThan(990);
});

test('however full it is, it finds every line', () => {
  const { table, insert, at } = textTable(100_000);
  for (let i = 0; i < 50_000; i++) {
    insert(`requests.${i}`, '|c', i);
    if (i % 997 === 0) for (let known = 0; known <= i; known += 97) expect(at(`requests.${known}`, '|c')).toBe(known);
  }
  for (let i = 0; i < 50_000; i++) if (at(`requests.${i}`, '|c') !== i) expect.unreachable(`${i}`);
  expect([table.size, table.evicted]).toEqual([50_000, 0]);
});

test('a table for no lines remembers none', () => {
  const { table, insert, at } = textTable(0);
  insert('a', '|c', 1);
  expect([table.size, at('a', '|c')]).toEqual([0, undefined]);
});

test('hits are settled before there are more than an entry counts', () => {
  let settled = 0;
  const table = new LineTable(16, 7, (_, samples) => {
    settled += samples;
  });
  const view = table.view(Buffer.from('a:1|c\n'));
  table.insert({ op: Op.counter, at: 0, factor: 1 }, view, 0, 1, 3, 2);
  for (let i = 0; i < 8; i++) table.hit(table.find(view, 0, 1, 3, 2), 2 ** 29);
  table.settle();
  expect(settled).toBe(2 ** 32);
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

describe('what a line stood for is gone', () => {
  const kindOf = (table: LineTable, index: number) => table.op(index) & Op.kind;

  test('lines with a time to live are forgotten, the others not, whatever they mean', () => {
    const { table, insert, insertTimed, find } = textTable(64);
    insert('stays', '|c', 5);
    insertTimed('goes', '|c', 5);
    insertTimed('other', '|c', 6);
    insertTimed('more', '|c', 6);
    table.forget((kind, at) => kind === Op.counter && at === 5);
    expect(kindOf(table, find('goes', '|c'))).toBe(Op.stale);
    expect([find('stays', '|c'), find('other', '|c')].map((index) => kindOf(table, index))).toEqual([0, 0]);
    expect([table.size, table.knownLines]).toEqual([4, 3]);
  });

  test('a line that comes back takes its place again', () => {
    const { table, insert, insertTimed, find, at } = textTable(64);
    insert('stays', '|c', 1);
    insert('stays too', '|c', 1);
    insertTimed('goes', '|c', 5);
    table.forget((_, at) => at === 5);
    table.renew(find('goes', '|c'), { op: Op.gauge, at: 7, factor: 2 });
    expect(kindOf(table, find('goes', '|c'))).toBe(Op.gauge);
    expect(at('goes', '|c')).toBe(7);
    expect([table.size, table.knownLines]).toEqual([3, 3]);
  });

  test('where that is most of them, their places are free', () => {
    const { table, insertTimed, find } = textTable(64);
    for (let i = 0; i < 30; i++) insertTimed(`k${i}`, '|c', i);
    table.forget((_, at) => at < 20);
    expect([table.size, table.knownLines]).toEqual([10, 10]);
    for (let i = 0; i < 30; i++) expect(find(`k${i}`, '|c') >= 0).toBe(i >= 20);
  });

  test('a table that grows or is swept leaves them out', () => {
    const { table, insert, insertTimed, at } = textTable(100);
    for (let i = 0; i < 31; i++) insertTimed(`k${i}`, '|c', i);
    table.forget((_, at) => at < 10);
    expect([table.size, table.knownLines]).toEqual([31, 21]);
    for (let i = 31; i < 60; i++) insert(`k${i}`, '|c', i);
    expect(table.size).toBe(table.knownLines);
    expect(at('k0', '|c')).toBeUndefined();
    expect(at('k59', '|c')).toBe(59);
  });

  test('all lines', () => {
    const { table, insert, at } = textTable(1000);
    for (let i = 0; i < 500; i++) insert(`k${i}`, '|c', i);
    table.clear();
    expect([table.size, at('k1', '|c')]).toEqual([0, undefined]);
    insert('k1', '|c', 9);
    expect(at('k1', '|c')).toBe(9);
  });
});

test('what is too long is not remembered', () => {
  const { table, insert, at } = textTable(16);
  insert('x'.repeat(longestKey - 1), '|c', 1);
  expect(table.size).toBe(0);
  expect(at('x'.repeat(70_000), '|c')).toBeUndefined();
  insert('x'.repeat(longestKey - 2), '|c', 2);
  expect(at('x'.repeat(longestKey - 2), '|c')).toBe(2);
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
