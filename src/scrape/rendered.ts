import type { Format } from '../exposition/family.ts';
import type { MetricStore } from '../exposition/metric-store.ts';

/** A buffer is not kept for the next page when the page filled less than this share of it. */
const WORTH_KEEPING = 0.25;

/** A page that responses are reading. */
export interface Rendered {
  readonly bytes: Buffer;
  /** The page in gzip, compressed once however many ask. */
  gzip(): Promise<Buffer>;
  /** To be called once when the response is done with it. */
  release(): void;
}

class Page {
  readonly bytes: Buffer;
  #readers = 0;
  #current = true;
  #gzip: Promise<Buffer> | undefined;
  readonly #recycle: (bytes: Buffer) => void;

  constructor(bytes: Buffer, recycle: (bytes: Buffer) => void) {
    this.bytes = bytes;
    this.#recycle = recycle;
  }

  lease(): Rendered {
    this.#readers++;
    let released = false;
    return {
      bytes: this.bytes,
      gzip: () => this.#compressed(),
      release: () => {
        if (released) return;
        released = true;
        this.#leave();
      },
    };
  }

  /** A newer page has taken its place. */
  retire(): void {
    this.#current = false;
    if (this.#readers === 0) this.#recycle(this.bytes);
  }

  #leave(): void {
    this.#readers--;
    if (this.#readers === 0 && !this.#current) this.#recycle(this.bytes);
  }

  #compressed(): Promise<Buffer> {
    if (this.#gzip === undefined) {
      this.#readers++;
      this.#gzip = compressed(this.bytes).finally(() => this.#leave());
    }
    return this.#gzip;
  }
}

/** zlib comes with the first page that is wanted compressed: an idle sidecar never loads it. */
async function compressed(bytes: Buffer): Promise<Buffer> {
  const { constants, gzip } = await import('node:zlib');
  return new Promise((resolve, reject) => {
    // A page of 9 MB: 21 ms and 611 kB at level 1, 42 ms and 557 kB at level 6.
    gzip(bytes, { level: constants.Z_BEST_SPEED }, (error, zipped) => (error ? reject(error) : resolve(zipped)));
  });
}

/**
 * Renders pages into buffers that are used again once nobody reads them. A page whose bytes are those of the page before is that
 * page, its gzip included.
 */
export function createRenderer(store: MetricStore): (format: Format) => Rendered {
  const latest = new Map<Format, Page>();
  let spare: Buffer | undefined;

  function recycle(page: Buffer): void {
    if (page.length < page.buffer.byteLength * WORTH_KEEPING) return;
    if (spare === undefined || page.buffer.byteLength > spare.length) spare = Buffer.from(page.buffer);
  }

  return (format) => {
    const reuse = spare;
    spare = undefined;
    const bytes = store.render(format, reuse);
    const known = latest.get(format);
    if (known?.bytes.equals(bytes)) {
      recycle(bytes);
      return known.lease();
    }
    const page = new Page(bytes, recycle);
    latest.set(format, page);
    known?.retire();
    return page.lease();
  };
}
