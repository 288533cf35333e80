import { type LineSink, LineSplitter } from './line-splitter.ts';

/** Bytes of a length: little-endian, before each packet. */
const HEAD = 4;
/** As long as a datagram can be; Datadog's clients send 8 KiB at most. */
export const LONGEST_PACKET = 65_535;

export interface StreamSink extends LineSink {
  /** The stream has lengths before its packets. */
  framed(): void;
  /** The stream ended within a packet. */
  torn(): void;
}

/**
 * Cuts the chunks of one stream into whole lines, whichever of two framings its sender uses: lines with newlines
 * between them, or the packets of DogStatsD's `unixstream://`, each with its length before it.
 *
 * The first four bytes decide. The last byte of a length is 0 as long as a packet is shorter than 16 MiB, and no line
 * of text has a zero byte there. Datadog's agent cannot be told by anything else: its clients send no greeting.
 */
export class PacketSplitter {
  readonly #sink: StreamSink;
  readonly #lines: LineSplitter;
  #framing: 'unknown' | 'text' | 'packets' | 'broken' = 'unknown';
  /** The bytes of a length that came so far. */
  readonly #head = Buffer.alloc(HEAD);
  #headSize = 0;
  /** Bytes of the packet that are to come. */
  #left = 0;

  /** @param limit of a line, in bytes. */
  constructor(limit: number, sink: StreamSink) {
    this.#sink = sink;
    this.#lines = new LineSplitter(limit, sink);
  }

  /**
   * @returns false: a length is longer than any packet, so that nobody knows where the next one begins; nothing more is
   * read.
   */
  push(chunk: Buffer, length = chunk.length): boolean {
    if (this.#framing === 'text') this.#lines.push(chunk, length);
    else this.#read(chunk, length);
    return this.#framing !== 'broken';
  }

  /**
   * The stream ended: what is left of a line is one, but in a packet that lacks bytes: then it is known to be a part of
   * one.
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
        // A packet's last line needs no newline, and none goes on in the next packet.
        if (this.#left === 0) this.#lines.end();
        continue;
      }
      this.#head[this.#headSize++] = chunk[at++]!;
      if (this.#headSize < HEAD) continue;
      if (this.#framing === 'unknown') this.#decide();
      if (this.#framing === 'text') {
        this.#lines.push(this.#head);
        if (at < length) this.#lines.push(chunk.subarray(at, length));
        return;
      }
      this.#headSize = 0;
      this.#left = this.#head.readUInt32LE();
      if (this.#left > LONGEST_PACKET) {
        this.#framing = 'broken';
        this.#left = 0;
      }
    }
  }

  #decide(): void {
    this.#framing = this.#head[HEAD - 1] === 0 ? 'packets' : 'text';
    if (this.#framing === 'packets') this.#sink.framed();
  }
}
