import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonExcess } from '../../src/json/json-bounds.ts';

const bounds = { depth: 3, values: 5 };

describe('jsonExcess', () => {
  test.each([
    ['', undefined],
    ['null', undefined],
    ['[[[]]]', undefined],
    ['[[[[]]]]', 'depth'],
    ['{"a":{"b":{"c":{}}}}', 'depth'],
    ['[1,2,3,4,5]', undefined],
    ['[1,2,3,4,5,6]', 'values'],
    ['[[],[],[]]', 'values'],
    ['["[[[[[[,,,,,,"]', undefined],
    ['["\\"[[[[","\\\\",[]]', undefined],
    ['["\\\\\\"[[[[[[[[[[[[[[[[[[", 1]', undefined],
    ['"never ended [[[[[[', undefined],
    [']]]][[[[', undefined],
  ])('%j', (json, excess) => {
    expect(jsonExcess(json, bounds)).toBe(excess);
    expect(jsonExcess(Buffer.from(json), bounds)).toBe(excess);
  });

  test('says of every JSON text exactly what a walk over its values says', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(6), fc.nat(40), fc.nat(2), (value, depth, values, indent) => {
        const json = JSON.stringify(value, null, indent);
        const counted = count(value);
        const over = counted.depth > depth || counted.values > values;
        expect(jsonExcess(json, { depth, values }) !== undefined).toBe(over);
        expect(jsonExcess(Buffer.from(json), { depth, values }) !== undefined).toBe(over);
      }),
    );
  });
});

/** Depth and size by recursion: a container counts one, and each of its members but the first one more. */
function count(value: unknown): { depth: number; values: number } {
  if (typeof value !== 'object' || value === null) return { depth: 0, values: 0 };
  const members = Object.values(value).map(count);
  return {
    depth: 1 + Math.max(0, ...members.map(({ depth }) => depth)),
    values: Math.max(1, members.length) + members.reduce((sum, { values }) => sum + values, 0),
  };
}
