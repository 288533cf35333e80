import { expect, test } from 'vitest';
import { createInbox } from '../../../../src/statsd/receive/udp/inbox.ts';

function inbox() {
  const taken: { text: string; datagrams: number }[] = [];
  const made = createInbox((bytes, end, datagrams) =>
    taken.push({ text: bytes.toString('latin1', 0, end), datagrams }),
  );
  return { taken, made, put: (text: string) => made.put(made.bytes.write(text, made.place(), 'latin1')) };
}

test('datagrams are handed over together, each with a newline behind it', () => {
  const { taken, made, put } = inbox();
  put('a:1|c\nb:1|c');
  put('');
  put('c:1|c\n');
  expect(taken).toEqual([]);
  made.hand();
  made.hand();
  expect(taken).toEqual([{ text: 'a:1|c\nb:1|c\n\nc:1|c\n\n', datagrams: 3 }]);
});

test('there is always room for the longest datagram', () => {
  const { taken, made, put } = inbox();
  const long = 'x'.repeat(65_507);
  for (let i = 0; i < 5; i++) put(long);
  made.hand();
  expect(taken.map(({ datagrams }) => datagrams).reduce((sum, count) => sum + count)).toBe(5);
  expect(taken.map(({ text }) => text).join('')).toBe(`${long}\n`.repeat(5));
});

test('what is put while lines are taken in belongs to the next time', () => {
  const taken: string[] = [];
  const made = createInbox((bytes, end) => {
    const text = bytes.toString('latin1', 0, end);
    taken.push(text);
    if (taken.length === 1) made.put(made.bytes.write('inner', made.place(), 'latin1'));
  });
  made.put(made.bytes.write('outer', made.place(), 'latin1'));
  made.hand();
  made.hand();
  expect(taken).toEqual(['outer\n', 'inner\n']);
});
