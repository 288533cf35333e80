import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePortRange, parseReservedPorts, reservedWithin } from '../../src/port-monitor/port-range.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('port ranges', () => {
  test.each<[string, unknown]>([
    ['32768\t60999\n', { low: 32768, high: 60999 }],
    ['1 1\n', { low: 1, high: 1 }],
    ['60999 32768\n', undefined],
    ['1 70000\n', undefined],
    ['1\n', undefined],
    ['1 2 3\n', undefined],
    ['1 2\n3 4\n', undefined],
    ['1 2', undefined],
    ['', undefined],
    ['-1 2\n', undefined],
  ])('parsePortRange(%j)', (text, expected) => {
    expect(parsePortRange(bytes(text))).toEqual(expected);
  });

  test.each<[string, unknown]>([
    ['\n', []],
    ['', []],
    ['80\n', [{ low: 80, high: 80 }]],
    [
      '1-3,80,8000-8001\n',
      [
        { low: 1, high: 3 },
        { low: 80, high: 80 },
        { low: 8000, high: 8001 },
      ],
    ],
    ['1,,2\n', undefined],
    ['1,\n', undefined],
    ['3-1\n', undefined],
    ['1-2-3\n', undefined],
    ['x\n', undefined],
    ['1-65536\n', undefined],
    ['1', undefined],
  ])('parseReservedPorts(%j)', (text, expected) => {
    expect(parseReservedPorts(bytes(text))).toEqual(expected);
  });

  test('reservedWithin counts each reserved port of the range once', () => {
    const port = fc.integer({ min: 0, max: 60 });
    const range = fc.tuple(port, port).map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));
    fc.assert(
      fc.property(range, fc.array(range, { maxLength: 6 }), (whole, reserved) => {
        let expected = 0;
        for (let at = whole.low; at <= whole.high; at++) {
          if (reserved.some(({ low, high }) => low <= at && at <= high)) expected++;
        }
        expect(reservedWithin(whole, reserved)).toBe(expected);
      }),
    );
  });
});
