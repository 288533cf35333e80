import { expect, test } from 'vitest';
import { goDuration } from '../../../../src/statsd/mapping/fields/duration.ts';

// What Go's time.ParseDuration makes of each, in nanoseconds.
test.each([
  ['0', 0],
  ['-0', 0],
  ['5ns', 5],
  ['5us', 5000],
  ['5µs', 5000],
  ['5μs', 5000],
  ['5ms', 5e6],
  ['1.5s', 1.5e9],
  ['.5s', 5e8],
  ['5.s', 5e9],
  ['1h30m', 5.4e12],
  ['-1m', -6e10],
  ['+1m', 6e10],
  ['1.5ns', 1],
  ['2562047h', 2562047 * 3.6e12],
])('%s', (text, nanoseconds) => {
  expect(goDuration(text)).toBe(nanoseconds);
});

test.each(['', '5', '1d', '1 s', 's', '.s', '1:30', '1h30', '5S', '1e3s', '--5s', '2562048h', '٥s'])(
  '%s is none',
  (text) => {
    expect(goDuration(text)).toBeUndefined();
  },
);
