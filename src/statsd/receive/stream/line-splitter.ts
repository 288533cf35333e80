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
  /** The beginning of a line, and room for more of it: a line may come byte by byte. */
  #held = NOTHING;
  #size = 0;
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
    if (this.#skipping || this.#size > 0) {
      from = chunk.indexOf(LF) + 1;
      if (!this.#skipping) this.#finish(chunk.subarray(0, from));
      this.drop();
    }
    if (end > from) this.#sink.lines(chunk, from, end);
    if (end < length) this.#hold(chunk.subarray(end, length));
  }

  /** The stream, or a part of it that ends with a line, is over: what comes then begins another line. */
  end(): void {
    if (this.#size > 0) this.#finish(Buffer.of(LF));
    this.drop();
  }

  /** The same without what is left of a line. */
  drop(): void {
    this.#held = NOTHING;
    this.#size = 0;
    this.#skipping = false;
  }

  #finish(end: Buffer): void {
    this.#append(end);
    this.#sink.lines(this.#held, 0, this.#size);
  }

  /** Keeps the beginning of a line: a copy, since the chunk it lies in may be much larger. */
  #hold(part: Buffer): void {
    if (this.#skipping) return;
    if (this.#size + part.length <= this.#limit) {
      this.#append(part);
      return;
    }
    this.drop();
    this.#skipping = true;
    this.#sink.tooLong();
  }

  #append(part: Buffer): void {
    const size = this.#size + part.length;
    if (size > this.#held.length) {
      const room = Buffer.allocUnsafeSlow(this.#size === 0 ? size : Math.max(size, this.#held.length * 2));
      this.#held.copy(room, 0, 0, this.#size);
      this.#held = room;
    }
    part.copy(this.#held, this.#size);
    this.#size = size;
  }
}

function lastNewline(chunk: Buffer, length: number): number {
  return length === 0 ? -1 : chunk.lastIndexOf(LF, length - 1);
}
