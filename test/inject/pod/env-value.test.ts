import { expect, test } from 'vitest';
import { envItems, envValue } from '../../../src/inject/pod/env-value.ts';

function readValue(value: string, other: string) {
  const items = envItems({
    env: [
      { name: 'STATSD_ADDR', value },
      { name: 'A', value: other },
    ],
  });
  return envValue(items.get('STATSD_ADDR')!, items);
}

const tooLong = { words: 'a text of more than 4096 characters', place: 'unknown' };

test.each([
  ['a text of the limit', 'x'.repeat(4096), '', { text: 'x'.repeat(4096) }],
  ['one character more', 'x'.repeat(4097), '', tooLong],
  ['references that reach the limit', '$(A)$(A)', 'x'.repeat(2048), { text: 'x'.repeat(4096) }],
  ['references that pass it', '$(A)$(A)', 'x'.repeat(2049), tooLong],
  ['a thousand references to 250 kB', '$(A)'.repeat(1000), 'x'.repeat(250_000), tooLong],
  ['a reference to a text that refers', '$(A):1', '$(B)', { text: '$(A):1' }],
  ['a reference to nothing', '$(C):1', '', { text: '$(C):1' }],
])('%s', (_, value, other, expected) => {
  expect(readValue(value, other)).toEqual(expected);
});
