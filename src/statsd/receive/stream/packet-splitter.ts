import { type LineSink, LineSplitter } from './line-splitter.ts';

/** The bytes of a length: little-endian, before each packet. */
const head = 4;
/** The longest packet, as long as a datagram can be; Datadog's clients send 8 KiB at most. */
export const longestPacket = 65_535;

export interface StreamSink extends LineSink {
  /** The stream has a length before each packet. */
  framed(): void;
  /** The stream ended within a packet. */
  torn(): void;
}

/**
 * Splits the chunks of one stream into whole lines, in either of two framings: lines with newlines between them, or the
 * packets of DogStatsD's `unixstream://`, each with its length before it.
 *
 * The first four bytes decide. The last byte of a length is 0 for packets shorter than 16 MiB, and no line of text has
 * a zero byte there. There is no other way to tell the framings apart: Datadog's clients send no greeting.
 */
export class PacketSplitter {
  readonly #sink: StreamSink;
  readonly #lines: LineSplitter;
  #framing: 'unknown' | 'text' | 'packets' | 'broken' = 'unknown';
  /** The bytes of a length so far. */
  readonly #head = Buffer.alloc(head);
  #headSize = 0;
  /** The bytes of the packet that are still to come. */
  #left = 0;

  /** @param limit the longest line in bytes. */
  constructor(limit: number, sink: StreamSink) {
    this.#sink = sink;
    this.#lines = new LineSplitter(limit, sink);
  }

  /**
   * @returns false: a length is longer than any packet, so that the next packet cannot be found; the stream is read no
   *   further.
   */
  push(chunk: Buffer, length = chunk.length): boolean {
    if (this.#framing === 'text') this.#lines.push(chunk, length);
    else this.#read(chunk, length);
    return this.#framing !== 'broken';
  }

  /**
   * Ends the stream: an unfinished line counts as a line, unless its packet lacks bytes, for then it is a part of a
   * line.
   */
  end(): void {
    if (this.#framing === 'unknown') this.#lines.push(this.#head, this.#headSize);
    if (this.#left === 0) this.#lines.end();
    else {
      this.#lines.drop();
      this.#sink.torn();
    }
    this.#left = 0;
  }

  #read(chunk: Buffer, length: number): void {
    let at = 0;
    while (at < length && this.#framing !== 'broken') {
      if (this.#left > 0) {
        const end = Math.min(length, at + this.#left);
        this.#lines.push(chunk.subarray(at, end));
        this.#left -= end - at;
        at = end;
        // The last line of a packet needs no newline, and no line continues in the next packet.
        if (this.#left === 0) this.#lines.end();
        continue;
      }
      this.#head[this.#headSize++] = chunk[at++]!;
      if (this.#headSize < head) continue;
      if (this.#framing === 'unknown') this.#decide();
      if (this.#framing === 'text') {
        this.#lines.push(this.#head);
        if (at < length) this.#lines.push(chunk.subarray(at, length));
        return;
      }
      this.#headSize = 0;
      this.#left = this.#head.readUInt32LE();
      if (this.#left > longestPacket) {
        this.#framing = 'broken';
        this.#left = 0;
      }
    }
  }

  #decide(): void {
    this.#framing = this.#head[head - 1] === 0 ? 'packets' : 'text';
    if (this.#framing === 'packets') this.#sink.framed();
  }
}
