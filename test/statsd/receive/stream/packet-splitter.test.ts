import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longestPacket, PacketSplitter } from '../../../../src/statsd/receive/stream/packet-splitter.ts';

function splitter(limit = 100) {
  const lines: string[] = [];
  const events: string[] = [];
  const split = new PacketSplitter(limit, {
    lines(bytes, start, end) {
      const text = bytes.toString('latin1', start, end);
      expect(text.endsWith('\n')).toBe(true);
      lines.push(...text.slice(0, -1).split('\n'));
    },
    tooLong: () => events.push('too long'),
    framed: () => events.push('framed'),
    torn: () => events.push('torn'),
  });
  return { split, lines, events };
}

/** The framing of DogStatsD clients. */
function framed(packet: string): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(packet.length);
  return Buffer.concat([head, Buffer.from(packet, 'latin1')]);
}

/** Pushes a stream in pieces that end at these places. */
function pushed({ split }: ReturnType<typeof splitter>, stream: Buffer, cuts: readonly number[]): void {
  const ends = [...cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length];
  let from = 0;
  for (const to of ends) {
    // The buffer of the reader is longer than the read, and is reused.
    const chunk = Buffer.concat([stream.subarray(from, to), Buffer.from('rest:1|c\n')]);
    expect(split.push(chunk, to - from)).toBe(true);
    chunk.fill('x');
    from = to;
  }
  split.end();
}

/** The lines of the packets, each packet beginning a line of its own. */
function linesOf(packets: readonly string[]): readonly string[] {
  return packets.flatMap((packet) => {
    const lines = packet.split('\n');
    return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  });
}

const packet = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', ':', '1', '|', 'c', '\n'), maxLength: 40 }),
  // A length whose first byte is a newline.
  fc.constantFrom('hitss:1|c\n', 'hitsss:1|c', '', '\n', 'x'.repeat(0x0a0a)),
);
const cuts = fc.array(fc.nat(), { maxLength: 60 });

test('however a stream of packets is cut, its lines are those of its packets', () => {
  fc.assert(
    fc.property(fc.array(packet, { minLength: 1, maxLength: 20 }), cuts, (packets, places) => {
      const one = splitter(5000);
      pushed(one, Buffer.concat(packets.map(framed)), places);
      expect(one.lines).toEqual(linesOf(packets));
      expect(one.events).toEqual(['framed']);
    }),
  );
});

test('however a stream of text is cut, its lines are the same', () => {
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 20 }), cuts, (texts, places) => {
      const one = splitter(5000);
      pushed(one, Buffer.from(texts.join('\n'), 'latin1'), places);
      expect(one.lines).toEqual(linesOf([texts.join('\n')]));
      expect(one.events).toEqual([]);
    }),
  );
});

test('a byte at a time, a packet of ten bytes first', () => {
  const one = splitter();
  const stream = Buffer.concat(['hitss:1|c\n', '', 'a:1|c', '\n', 'b:2|c\nc:3|c'].map(framed));
  pushed(
    one,
    stream,
    Array.from(stream.keys(), (at) => at + 1),
  );
  expect(one.lines).toEqual(['hitss:1|c', 'a:1|c', '', 'b:2|c', 'c:3|c']);
});

test('the longest packet is taken, a longer one ends the stream', () => {
  const line = `${'x'.repeat(99)}\n`;
  const longest = line.repeat(655) + 'y'.repeat(longestPacket - 65_500);
  const one = splitter();
  pushed(one, Buffer.concat([framed(longest), framed('a:1|c')]), []);
  expect(one.lines).toHaveLength(657);
  for (const length of [longestPacket + 1, 2 ** 24 - 1, 2 ** 32 - 1]) {
    const { split, lines, events } = splitter();
    const head = Buffer.alloc(4);
    head.writeUInt32LE(length);
    const stream = Buffer.concat([framed('a:1|c'), head, Buffer.from('b:1|c\n')]);
    expect([split.push(stream), split.push(Buffer.from('c:1|c\n'))]).toEqual([false, false]);
    split.end();
    expect([lines, events]).toEqual([['a:1|c'], ['framed']]);
  }
});

test('a line that is too long costs that line, and none of the next packet', () => {
  const one = splitter(8);
  pushed(one, Buffer.concat([framed(`a:1|c\n${'x'.repeat(50)}`), framed('b:1|c')]), [12, 20, 30]);
  expect(one.lines).toEqual(['a:1|c', 'b:1|c']);
  expect(one.events).toEqual(['framed', 'too long']);
});

test('a packet that is cut off leaves its whole lines, and not the half one', () => {
  const one = splitter();
  pushed(one, framed('a:1|c\nb:1234|c').subarray(0, -4), []);
  expect(one.lines).toEqual(['a:1|c']);
  expect(one.events).toEqual(['framed', 'torn']);
});

test('fewer bytes than a length has are text', () => {
  const one = splitter();
  pushed(one, Buffer.from('a\nb'), [1]);
  expect(one.lines).toEqual(['a', 'b']);
  const none = splitter();
  none.split.end();
  expect([none.lines, none.events]).toEqual([[], []]);
});
