import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineSplitter } from '../../../../src/statsd/receive/stream/line-splitter.ts';

function splitter(limit: number) {
  const lines: string[] = [];
  let tooLong = 0;
  const split = new LineSplitter(limit, {
    lines(bytes, start, end) {
      const text = bytes.toString('latin1', start, end);
      expect(text.endsWith('\n')).toBe(true);
      lines.push(...text.slice(0, -1).split('\n'));
    },
    tooLong: () => tooLong++,
  });
  return { split, lines, tooLong: () => tooLong };
}

test('however a stream is cut, its lines are the same', () => {
  const stream = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 60 });
  fc.assert(
    fc.property(stream, fc.array(fc.nat(60)), (text, cuts) => {
      const { split, lines, tooLong } = splitter(100);
      let from = 0;
      for (const to of [...cuts.filter((cut) => cut <= text.length).sort((a, b) => a - b), text.length]) {
        split.push(Buffer.from(text.slice(from, to)));
        from = to;
      }
      split.end();
      const expected = text.split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(lines).toEqual(expected);
      expect(tooLong()).toBe(0);
    }),
  );
});

test('a line that grows too long is dropped up to its newline and counted once', () => {
  const { split, lines, tooLong } = splitter(4);
  for (const part of ['ok\nlon', 'g long', ' long', 'est\nfine\nx', 'yz', '\n']) split.push(Buffer.from(part));
  split.end();
  expect(lines).toEqual(['ok', 'fine', 'xyz']);
  expect(tooLong()).toBe(1);
});

test('a stream that ends within a line that is too long leaves nothing', () => {
  const { split, lines, tooLong } = splitter(4);
  split.push(Buffer.from('long long'));
  split.end();
  expect(lines).toEqual([]);
  expect(tooLong()).toBe(1);
});
