import type { CachedPage, PageBlock } from './metric/metric-store.ts';

/** A page of one block, which is written as a whole whenever it is taken. */
export class WholePage implements CachedPage, PageBlock {
  revision = 0;
  readonly #write: (reuse?: Buffer) => Buffer;
  #bytes: Buffer | undefined;
  #spare: Buffer | undefined;

  /** @param write writes the page as it is now, into `reuse` where that is large enough */
  constructor(write: (reuse?: Buffer) => Buffer) {
    this.#write = write;
  }

  take(): readonly PageBlock[] {
    const bytes = this.#write(this.#spare);
    const before = this.#bytes;
    if (before?.equals(bytes)) {
      this.#spare = Buffer.from(bytes.buffer);
      return [this];
    }
    this.#spare = before && Buffer.from(before.buffer);
    this.#bytes = bytes;
    this.revision++;
    return [this];
  }

  render(reuse?: Buffer): Buffer {
    const bytes = this.#bytes ?? Buffer.alloc(0);
    const room = reuse !== undefined && reuse.length >= bytes.length ? reuse : Buffer.allocUnsafeSlow(bytes.length);
    room.set(bytes);
    return room.subarray(0, bytes.length);
  }
}
