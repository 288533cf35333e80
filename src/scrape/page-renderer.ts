import type { PageFormat } from '../exposition/metric/family.ts';
import type { CachedPage, MetricStore, PageBlock } from '../exposition/metric/metric-store.ts';
import type { MakeRoom } from '../memory/make-room.ts';
import { type Deflated, deflate, joinGzip } from './gzip.ts';

export type Encoding = 'identity' | 'gzip';

/** A page that a response is made of. */
export interface Rendered {
  /** Before compression. */
  readonly size: number;
  /** The body, one piece behind the other. */
  readonly pieces: readonly Buffer[];
  /** To be called once when the response is done with it. */
  release(): void;
}

/** The page as it is now. Pages are made one after the other; `pieces` are good until `release`. */
export type Renderer = (format: PageFormat, encoding: Encoding) => Promise<Rendered>;

/** After so many blocks, some 2 ms, the event loop has its turn: datagrams must not wait for a page of many megabytes. */
const BLOCKS_A_TURN = 8;
/** What was kept of a page is forgotten when it was not asked for while so many others were. */
const PAGES_REMEMBERED = 16;
const FIRST_SCRATCH_BYTES = 16 * 1024;
/** A block that grows a little stays where it is. */
const SLACK = 1 / 16;

/** What is made of the blocks of a page, kept as long as they stay the same. */
interface Workshop {
  /** Begins a page of these blocks: what was made of others may be used again. */
  begin(blocks: readonly PageBlock[]): void;
  /** Makes the piece of a block if it is not there. False: it was. */
  make(block: PageBlock): boolean;
  finish(): Rendered;
  /** Bytes that are kept for the next page. */
  kept(): number;
}

/** Where blocks are written before it is known how large they are. */
class Scratch {
  #bytes: Buffer = Buffer.alloc(0);

  write(block: PageBlock): Buffer {
    if (this.#bytes.length === 0) this.#bytes = Buffer.allocUnsafeSlow(FIRST_SCRATCH_BYTES);
    const written = block.render(this.#bytes);
    if (written.buffer !== this.#bytes.buffer) this.#bytes = Buffer.from(written.buffer);
    return written;
  }
}

interface Written {
  readonly revision: number;
  readonly bytes: Buffer;
}

/** The blocks as they are. While no response reads them they are written over, so that a page takes its memory once. */
class Plain implements Workshop {
  readonly #scratch: Scratch;
  #blocks: readonly PageBlock[] = [];
  readonly #written = new Map<PageBlock, Written>();
  #spare: Buffer[] = [];
  #readers = 0;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  begin(blocks: readonly PageBlock[]): void {
    this.#blocks = blocks;
    const present = new Set(blocks);
    for (const [block, { bytes }] of this.#written) {
      if (present.has(block)) continue;
      this.#written.delete(block);
      if (this.#readers === 0) this.#spare.push(bytes);
    }
  }

  make(block: PageBlock): boolean {
    const known = this.#written.get(block);
    if (known?.revision === block.revision) return false;
    const text = this.#scratch.write(block);
    const bytes = Buffer.from(this.#room(text.length, known), 0, text.length);
    bytes.set(text);
    this.#written.set(block, { revision: block.revision, bytes });
    return true;
  }

  #room(size: number, known: Written | undefined): ArrayBufferLike {
    if (this.#readers === 0) {
      if (known !== undefined && known.bytes.buffer.byteLength >= size) return known.bytes.buffer;
      const fits = this.#spare.findIndex(({ buffer }) => buffer.byteLength >= size);
      if (fits >= 0) return this.#spare.splice(fits, 1)[0]!.buffer;
    }
    return Buffer.allocUnsafeSlow(Math.ceil(size * (1 + SLACK))).buffer;
  }

  finish(): Rendered {
    this.#spare = [];
    this.#readers++;
    const pieces = this.#blocks.map((block) => this.#written.get(block)!.bytes);
    let released = false;
    const release = () => {
      if (!released) this.#readers--;
      released = true;
    };
    return { size: pieces.reduce((sum, { length }) => sum + length, 0), pieces, release };
  }

  kept(): number {
    return [...this.#written.values()].reduce((sum, { bytes }) => sum + bytes.buffer.byteLength, 0);
  }
}

/** The blocks compressed. The text of a block is not kept: who asks for gzip asks for gzip again. */
class Compressed implements Workshop {
  readonly #scratch: Scratch;
  readonly #deflate: (piece: Buffer) => Deflated;
  #blocks: readonly PageBlock[] = [];
  #made = new Map<PageBlock, Deflated & { readonly revision: number }>();

  constructor(scratch: Scratch, compress: (piece: Buffer) => Deflated) {
    this.#scratch = scratch;
    this.#deflate = compress;
  }

  begin(blocks: readonly PageBlock[]): void {
    this.#blocks = blocks;
    const present = new Set(blocks);
    for (const block of this.#made.keys()) if (!present.has(block)) this.#made.delete(block);
  }

  make(block: PageBlock): boolean {
    if (this.#made.get(block)?.revision === block.revision) return false;
    const { revision } = block;
    this.#made.set(block, { ...this.#deflate(this.#scratch.write(block)), revision });
    return true;
  }

  finish(): Rendered {
    const made = this.#blocks.map((block) => this.#made.get(block)!);
    return { size: made.reduce((sum, { size }) => sum + size, 0), pieces: joinGzip(made), release: () => {} };
  }

  kept(): number {
    return [...this.#made.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  }
}

interface Kept {
  readonly page: CachedPage;
  readonly workshop: Workshop;
  /** The number of the last page that was of this kind. */
  asked: number;
}

/** Forgets what was kept of pages that nobody asked for so long, or that take more memory than there is for them. */
function forget(kept: Map<string, Kept>, pages: number, mostKept: number): void {
  let bytes = 0;
  for (const [key, { asked, workshop }] of [...kept].sort(([, a], [, b]) => b.asked - a.asked)) {
    bytes += workshop.kept();
    if (bytes > mostKept || asked < pages - PAGES_REMEMBERED) kept.delete(key);
  }
}

/**
 * Makes pages of what changed since the page before of the same format and encoding: the blocks whose numbers are the same are neither
 * written nor compressed again. A page has the numbers of one moment, however many turns it takes to write them.
 *
 * @param mostKept bytes that all formats and encodings together keep from page to page: a page that is larger is made
 * whole each time
 * @param makeRoom called before each page
 */
export function createRenderer(
  store: MetricStore,
  mostKept = Number.POSITIVE_INFINITY,
  makeRoom: MakeRoom = () => {},
): Renderer {
  const kept = new Map<string, Kept>();
  const scratch = new Scratch();
  let pages = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function keptOf(format: PageFormat, encoding: Encoding): Promise<Kept> {
    const key = `${format} ${encoding}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    await store.load(format);
    const made = { page: store.cachedPage(format), workshop: await workshop(encoding), asked: 0 };
    kept.set(key, made);
    return made;
  }

  async function workshop(encoding: Encoding): Promise<Workshop> {
    if (encoding === 'identity') return new Plain(scratch);
    // It comes with the first page that is wanted compressed: an idle sidecar never loads it.
    const zlib = await import('node:zlib');
    return new Compressed(scratch, (piece) => deflate(zlib, piece));
  }

  async function render(format: PageFormat, encoding: Encoding): Promise<Rendered> {
    makeRoom();
    const current = await keptOf(format, encoding);
    current.asked = ++pages;
    const blocks = current.page.take();
    current.workshop.begin(blocks);
    let made = 0;
    for (const block of blocks) {
      if (current.workshop.make(block) && ++made % BLOCKS_A_TURN === 0) await turn();
    }
    const rendered = current.workshop.finish();
    forget(kept, pages, mostKept);
    return rendered;
  }

  return (format, encoding) => {
    // A page that is being made needs its numbers to stay as they are: the next one waits.
    const page = last.then(() => render(format, encoding));
    last = page.catch(() => {});
    return page;
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
