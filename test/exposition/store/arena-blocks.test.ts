import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Labels } from '../../../src/exposition/metric/family.ts';
import { escapeValue, labelKey } from '../../../src/exposition/metric/labels.ts';
import { ArenaBlocks } from '../../../src/exposition/store/arena-blocks.ts';

const limits = { labelsPerSeries: 200, labelValueBytes: 1000 };

function key(labels: Labels): string {
  const made = labelKey(labels, limits);
  if (!made.ok) throw new Error(made.detail);
  return made.value;
}

function block(blocks: ArenaBlocks, labels: Labels): string {
  const text = key(labels);
  const room = Buffer.alloc(blocks.size(text) + 4, '!');
  const end = blocks.write(text, room, 2);
  expect(room.toString('utf8', 0, 2) + room.toString('utf8', end)).toBe('!!!!');
  return room.toString('utf8', 2, end);
}

const value = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.constant('x\ud800y'),
);
const set = fc
  .dictionary(fc.constantFrom('a', 'b', 'aa', 'path'), value)
  .map((labels) => Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

describe('the block of a series', () => {
  test('is its labels as they stand on the page, sorted and escaped', () => {
    const labels: Labels = [
      ['b', 'x\ny'],
      ['a', 'say "hi" \\ bye'],
    ];
    expect(block(new ArenaBlocks(undefined), labels)).toBe('{a="say \\"hi\\" \\\\ bye",b="x\\ny"');
    expect(block(new ArenaBlocks('up'), labels)).toBe('up{a="say \\"hi\\" \\\\ bye",b="x\\ny"} ');
  });

  test('is the name alone, or nothing, without labels', () => {
    expect(block(new ArenaBlocks('up'), [])).toBe('up ');
    expect(block(new ArenaBlocks(undefined), [])).toBe('');
  });

  test.each([10, 127, 128, 200])('holds %i labels', (count) => {
    const labels = Array.from({ length: count }, (_, i) => [`l${String(i).padStart(3, '0')}`, `v${i}`] as const);
    const text = labels.map(([name, one]) => `${name}="${one}"`).join(',');
    expect(block(new ArenaBlocks(undefined), labels)).toBe(`{${text}`);
  });

  test('does not depend on the blocks made before', () => {
    fc.assert(
      fc.property(fc.array(set, { maxLength: 8 }), (sets) => {
        const blocks = new ArenaBlocks('x');
        for (const labels of sets) {
          const text = labels.map(([name, one]) => `${name}="${escapeValue(one.toWellFormed())}"`).join(',');
          expect(block(blocks, labels)).toBe(text === '' ? 'x ' : `x{${text}} `);
        }
      }),
    );
  });
});
