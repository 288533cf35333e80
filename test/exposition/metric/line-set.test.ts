import { describe, expect, test } from 'vitest';
import { type LineSets, lineSet, sharedLineSet } from '../../../src/exposition/metric/line-set.ts';
import { good } from '../fixture.ts';

const texts = (tails: readonly Uint8Array[]) => tails.map((tail) => Buffer.from(tail).toString());

describe('lineSet', () => {
  test('of a histogram has a bucket more than bounds, and counts sum and count as lines', () => {
    const lines = good(lineSet('histogram', [0.5, 1], []));
    expect(texts(lines.tails)).toEqual([',le="0.5"} ', ',le="1.0"} ', ',le="+Inf"} ']);
    expect(texts(lines.bareTails)).toEqual(['{le="0.5"} ', '{le="1.0"} ', '{le="+Inf"} ']);
    expect([lines.width, lines.lines]).toEqual([4, 5]);
  });

  test('of a summary has its quantiles, sum and count', () => {
    const lines = good(lineSet('summary', [], [0, 0.99]));
    expect(texts(lines.tails)).toEqual([',quantile="0.0"} ', ',quantile="0.99"} ']);
    expect([lines.width, lines.lines]).toEqual([4, 4]);
  });

  test('does not change with the array it was made of', () => {
    const bounds = [1, 2];
    const lines = good(lineSet('histogram', bounds, []));
    bounds[0] = 9;
    expect(lines.bounds).toEqual([1, 2]);
  });
});

describe('sharedLineSet', () => {
  test('is one object for the same bounds, and keeps no more than some', () => {
    const known: LineSets = new Map();
    const first = good(sharedLineSet(known, 'histogram', [1], []));
    expect(good(sharedLineSet(known, 'histogram', [1], []))).toBe(first);
    for (let i = 0; i < 1000; i++) good(sharedLineSet(known, 'histogram', [i], []));
    expect(known.size).toBeLessThan(100);
  });
});
