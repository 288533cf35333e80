const lfByte = 10;
const nothing = Buffer.alloc(0);

/** The receiver of whole lines and of faults. */
export interface LineSink {
  /** Gets whole lines, `bytes` from `start` to `end`; the last byte is a newline. */
  lines(bytes: Buffer, start: number, end: number): void;
  /** Counts a line longer than the limit; it is skipped up to its newline. */
  tooLong(): void;
}

/**
 * Splits the chunks of one stream into whole lines. The rest of a chunk is kept until the rest of its line comes, at
 * most `limit` bytes. At the end of the stream a last line without a newline counts as a line.
 */
export class LineSplitter {
  readonly #limit: number;
  readonly #sink: LineSink;
  /** The beginning of a line, with room for more: a line may come byte by byte. */
  #partial = nothing;
  #size = 0;
  #skipping = false;

  constructor(limit: number, sink: LineSink) {
    this.#limit = limit;
    this.#sink = sink;
  }

  /** Processes `chunk` up to `length`; bytes that are needed later are copied. */
  push(chunk: Buffer, length = chunk.length): void {
    const end = lastNewline(chunk, length) + 1;
    if (end === 0) {
      this.#hold(chunk.subarray(0, length));
      return;
    }
    let from = 0;
    if (this.#skipping || this.#size > 0) {
      from = chunk.indexOf(lfByte) + 1;
      if (!this.#skipping) this.#finish(chunk.subarray(0, from));
      this.drop();
    }
    if (end > from) this.#sink.lines(chunk, from, end);
    if (end < length) this.#hold(chunk.subarray(end, length));
  }

  /** Ends the stream, or a part of it that ends with a line: the next bytes begin another line. */
  end(): void {
    if (this.#size > 0) this.#finish(Buffer.of(lfByte));
    this.drop();
  }

  /** Ends the stream without its unfinished line. */
  drop(): void {
    this.#partial = nothing;
    this.#size = 0;
    this.#skipping = false;
  }

  #finish(end: Buffer): void {
    this.#append(end);
    this.#sink.lines(this.#partial, 0, this.#size);
  }

  /** Copies the beginning of a line, since its chunk may be much larger. */
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
    if (size > this.#partial.length) {
      const room = Buffer.allocUnsafeSlow(this.#size === 0 ? size : Math.max(size, this.#partial.length * 2));
      this.#partial.copy(room, 0, 0, this.#size);
      this.#partial = room;
    }
    part.copy(this.#partial, this.#size);
    this.#size = size;
  }
}

function lastNewline(chunk: Buffer, length: number): number {
  return length === 0 ? -1 : chunk.lastIndexOf(lfByte, length - 1);
}
