const LF = 10;
const NOTHING = Buffer.alloc(0);

/** Where whole lines and their faults go. */
export interface LineSink {
  /** `bytes` from `start` to `end` are whole lines; the last byte is a newline. */
  lines(bytes: Buffer, start: number, end: number): void;
  /** A line that became longer than the limit before it ended; it is skipped up to its newline. */
  tooLong(): void;
}

/**
 * Cuts the chunks of one stream into whole lines. What is left of a chunk is kept until the rest of its line comes, at most `limit` bytes.
 * A last line without a newline is a line when the stream ends.
 */
export class LineSplitter {
  readonly #limit: number;
  readonly #sink: LineSink;
  #held = NOTHING;
  #skipping = false;

  constructor(limit: number, sink: LineSink) {
    this.#limit = limit;
    this.#sink = sink;
  }

  /** Takes in `chunk` up to `length`; what is needed of it later is copied. */
  push(chunk: Buffer, length = chunk.length): void {
    const end = lastNewline(chunk, length) + 1;
    if (end === 0) {
      this.#hold(chunk.subarray(0, length));
      return;
    }
    let from = 0;
    if (this.#skipping || this.#held.length > 0) {
      from = chunk.indexOf(LF) + 1;
      if (!this.#skipping) this.#lines(Buffer.concat([this.#held, chunk.subarray(0, from)]));
      this.#held = NOTHING;
      this.#skipping = false;
    }
    if (end > from) this.#sink.lines(chunk, from, end);
    if (end < length) this.#hold(chunk.subarray(end, length));
  }

  /** The stream, or a part of it that ends with a line, is over: what comes then begins another line. */
  end(): void {
    if (this.#held.length > 0) this.#lines(Buffer.concat([this.#held, Buffer.of(LF)]));
    this.drop();
  }

  /** The same without what is left of a line. */
  drop(): void {
    this.#held = NOTHING;
    this.#skipping = false;
  }

  #lines(bytes: Buffer): void {
    this.#sink.lines(bytes, 0, bytes.length);
  }

  /** Keeps the beginning of a line: a copy, since the chunk it lies in may be much larger. */
  #hold(part: Buffer): void {
    if (this.#skipping) return;
    if (this.#held.length + part.length <= this.#limit) {
      this.#held = Buffer.concat([this.#held, part]);
      return;
    }
    this.#held = NOTHING;
    this.#skipping = true;
    this.#sink.tooLong();
  }
}

function lastNewline(chunk: Buffer, length: number): number {
  return length === 0 ? -1 : chunk.lastIndexOf(LF, length - 1);
}
