import { expect, test } from 'vitest';
import { Slots } from '../../../src/exposition/store/slots.ts';

test('gives runs that do not overlap, keeps what is in them while it grows, and gives freed runs again as zeros', () => {
  const slots = new Slots();
  const widths = Array.from({ length: 500 }, (_, i) => 1 + (i % 7));
  const runs = widths.map((width, i) => {
    const slot = slots.take(width);
    slots.values.fill(i, slot, slot + width);
    return { slot, width, i };
  });
  for (const { slot, width, i } of runs) {
    expect([...slots.values.subarray(slot, slot + width)]).toEqual(Array(width).fill(i));
  }
  const { slot, width } = runs[10]!;
  slots.release(slot, width);
  expect(slots.take(width + 1)).not.toBe(slot);
  expect(slots.take(width)).toBe(slot);
  expect([...slots.values.subarray(slot, slot + width)]).toEqual(Array(width).fill(0));
});
