import type { PageFormat } from '../exposition/metric/family.ts';
import type { CachedPage, MetricStore, PageBlock } from '../exposition/metric/metric-store.ts';
import type { MakeRoom } from '../memory/make-room.ts';
import { type Deflated, deflate, joinGzip } from './gzip.ts';

export type Encoding = 'identity' | 'gzip';

/** A page that a response is made of. */
export interface RenderedPage {
  /** Before compression. */
  readonly size: number;
  /** The body, one piece after the other. */
  readonly pieces: readonly Buffer[];
  /** To be called when the response is done with it. */
  release(): void;
}

/** Renders the page as it is now. Pages are rendered one after the other; `pieces` are valid until `release`. */
export type Renderer = (format: PageFormat, encoding: Encoding) => Promise<RenderedPage>;

/**
 * After so many blocks, some 2 ms, other events have their turn: datagrams must not wait for a page of many megabytes.
 */
const blocksATurn = 8;
/** The cache of a page is dropped when it was not used for so many pages. */
const pagesCached = 16;
const firstScratchBytes = 16 * 1024;
/** Spare room of a block, so that one that grows a little keeps its buffer. */
const slack = 1 / 16;

/** The rendered blocks of a page in one encoding, each kept as long as its block stays the same. */
interface BlockCache {
  /** Begins a page of these blocks; the memory of all others may be used again. */
  begin(blocks: readonly PageBlock[]): void;
  /** Renders a block unless its piece is current. @returns whether it was rendered */
  render(block: PageBlock): boolean;
  finish(): RenderedPage;
  /** Bytes that are kept for the next page. */
  bytes(): number;
}

/** The buffer for rendering blocks whose size is not known yet. */
class Scratch {
  #bytes: Buffer = Buffer.alloc(0);

  write(block: PageBlock): Buffer {
    if (this.#bytes.length === 0) this.#bytes = Buffer.allocUnsafeSlow(firstScratchBytes);
    const text = block.render(this.#bytes);
    if (text.buffer !== this.#bytes.buffer) this.#bytes = Buffer.from(text.buffer);
    return text;
  }
}

interface RenderedBlock {
  readonly revision: number;
  readonly bytes: Buffer;
}

/** Uncompressed blocks. While no response reads them they are overwritten, so that a page takes its memory once. */
class PlainBlocks implements BlockCache {
  readonly #scratch: Scratch;
  #blocks: readonly PageBlock[] = [];
  readonly #rendered = new Map<PageBlock, RenderedBlock>();
  #spare: Buffer[] = [];
  #readers = 0;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  begin(blocks: readonly PageBlock[]): void {
    this.#blocks = blocks;
    const present = new Set(blocks);
    for (const [block, { bytes }] of this.#rendered) {
      if (present.has(block)) continue;
      this.#rendered.delete(block);
      if (this.#readers === 0) this.#spare.push(bytes);
    }
  }

  render(block: PageBlock): boolean {
    const before = this.#rendered.get(block);
    if (before?.revision === block.revision) return false;
    const text = this.#scratch.write(block);
    const bytes = Buffer.from(this.#room(text.length, before), 0, text.length);
    bytes.set(text);
    this.#rendered.set(block, { revision: block.revision, bytes });
    return true;
  }

  #room(size: number, before: RenderedBlock | undefined): ArrayBufferLike {
    if (this.#readers === 0) {
      if (before !== undefined && before.bytes.buffer.byteLength >= size) return before.bytes.buffer;
      const fits = this.#spare.findIndex(({ buffer }) => buffer.byteLength >= size);
      if (fits >= 0) return this.#spare.splice(fits, 1)[0]!.buffer;
    }
    return Buffer.allocUnsafeSlow(Math.ceil(size * (1 + slack))).buffer;
  }

  finish(): RenderedPage {
    this.#spare = [];
    this.#readers++;
    const pieces = this.#blocks.map((block) => this.#rendered.get(block)!.bytes);
    let released = false;
    const release = () => {
      if (!released) this.#readers--;
      released = true;
    };
    return { size: pieces.reduce((sum, { length }) => sum + length, 0), pieces, release };
  }

  bytes(): number {
    return [...this.#rendered.values()].reduce((sum, { bytes }) => sum + bytes.buffer.byteLength, 0);
  }
}

/** Compressed blocks. Their text is not kept: a client that asks for gzip asks for gzip again. */
class GzipBlocks implements BlockCache {
  readonly #scratch: Scratch;
  readonly #deflate: (piece: Buffer) => Deflated;
  #blocks: readonly PageBlock[] = [];
  #deflated = new Map<PageBlock, Deflated & { readonly revision: number }>();

  constructor(scratch: Scratch, compress: (piece: Buffer) => Deflated) {
    this.#scratch = scratch;
    this.#deflate = compress;
  }

  begin(blocks: readonly PageBlock[]): void {
    this.#blocks = blocks;
    const present = new Set(blocks);
    for (const block of this.#deflated.keys()) if (!present.has(block)) this.#deflated.delete(block);
  }

  render(block: PageBlock): boolean {
    if (this.#deflated.get(block)?.revision === block.revision) return false;
    const { revision } = block;
    this.#deflated.set(block, { ...this.#deflate(this.#scratch.write(block)), revision });
    return true;
  }

  finish(): RenderedPage {
    const deflated = this.#blocks.map((block) => this.#deflated.get(block)!);
    return { size: deflated.reduce((sum, { size }) => sum + size, 0), pieces: joinGzip(deflated), release: () => {} };
  }

  bytes(): number {
    return [...this.#deflated.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  }
}

/** The page of one format and encoding, with its rendered blocks. */
interface PageCache {
  readonly page: CachedPage;
  readonly blocks: BlockCache;
  /** The number of its last page, of all pages. */
  lastUsed: number;
}

/** Drops the caches of pages that were not used for long, or that take more memory than there is for them. */
function evict(caches: Map<string, PageCache>, pages: number, cacheBytes: number): void {
  let bytes = 0;
  for (const [key, { lastUsed, blocks }] of [...caches].sort(([, a], [, b]) => b.lastUsed - a.lastUsed)) {
    bytes += blocks.bytes();
    if (bytes > cacheBytes || lastUsed < pages - pagesCached) caches.delete(key);
  }
}

/**
 * Renders only the blocks that changed since the last page of the same format and encoding: blocks with the same
 * numbers are neither written nor compressed again. A page has the numbers of one moment, even if writing it takes many
 * turns of the event loop.
 *
 * @param cacheBytes bytes that all formats and encodings together keep from page to page: a larger page is rendered as
 *   a whole each time
 * @param makeRoom called before each page
 */
export function createRenderer(
  store: MetricStore,
  cacheBytes = Number.POSITIVE_INFINITY,
  makeRoom: MakeRoom = () => {},
): Renderer {
  const caches = new Map<string, PageCache>();
  const scratch = new Scratch();
  let pages = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function cacheOf(format: PageFormat, encoding: Encoding): Promise<PageCache> {
    const key = `${format} ${encoding}`;
    const existing = caches.get(key);
    if (existing !== undefined) return existing;
    await store.load(format);
    const cache = { page: store.cachedPage(format), blocks: await createBlocks(encoding), lastUsed: 0 };
    caches.set(key, cache);
    return cache;
  }

  async function createBlocks(encoding: Encoding): Promise<BlockCache> {
    if (encoding === 'identity') return new PlainBlocks(scratch);
    // It is loaded with the first compressed page: an idle sidecar never loads it.
    const zlib = await import('node:zlib');
    return new GzipBlocks(scratch, (piece) => deflate(zlib, piece));
  }

  async function render(format: PageFormat, encoding: Encoding): Promise<RenderedPage> {
    makeRoom();
    const cache = await cacheOf(format, encoding);
    cache.lastUsed = ++pages;
    const blocks = cache.page.take();
    cache.blocks.begin(blocks);
    let rendered = 0;
    for (const block of blocks) {
      if (cache.blocks.render(block) && ++rendered % blocksATurn === 0) await turn();
    }
    const page = cache.blocks.finish();
    evict(caches, pages, cacheBytes);
    return page;
  }

  return (format, encoding) => {
    // A page that is being rendered needs its numbers to stay the same: the next page waits.
    const page = last.then(() => render(format, encoding));
    last = page.catch(() => {});
    return page;
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
