import type { PageBlock } from '../metric/metric-store.ts';
import type { Arena } from '../store/arena.ts';
import { emptyArena } from '../store/arena.ts';
import { createdWidth } from '../store/series-cell.ts';
import type { PageEntry, PagePart } from './page-parts.ts';
import { Sink, writeParts } from './page-parts.ts';

/**
 * Bytes of a block, about. Smaller blocks cost more each: an `iovec`, and a deflate stream that begins without a window
 * (64 KiB compress to 20 % more than the page as a whole, 128 KiB to 10 %). Larger blocks are written again more often
 * for the sake of few series.
 */
const blockBytes = 128 * 1024;
const numberLength = 8;
/** Bytes of a line of a histogram or summary beside its labels: its name, `le="0.5"`, a number. */
const tailedLine = 48;

/** A run of parts, with the numbers of its series at the time when the page was taken. */
class Block implements PageBlock {
  revision = 0;
  readonly parts: readonly PagePart[];
  readonly #values: Float64Array;

  constructor(parts: readonly PagePart[]) {
    this.parts = parts;
    this.#values = new Float64Array(parts.reduce((sum, part) => sum + widthOf(part), 0));
  }

  /** Copies the numbers that changed since the last page. */
  take(live: Float64Array): void {
    const last = this.#values;
    let changed = this.revision === 0;
    let at = 0;
    for (const { arena, from, to, entry } of this.parts) {
      const { slots, cells } = arena;
      const isSingle = !isWide(entry);
      const extra = extraOf(entry);
      for (let i = from; i < to; i++) {
        const slot = slots[i]!;
        const width = (isSingle ? 1 : cells[i]!.lineSet.width) + extra;
        for (let j = 0; j < width; j++, at++) {
          const value = live[slot + j]!;
          if (Object.is(value, last[at])) continue;
          last[at] = value;
          changed = true;
        }
      }
    }
    if (changed) this.revision++;
  }

  render(reuse?: Buffer): Buffer {
    const sink = new Sink(reuse);
    this.write(sink);
    return sink.bytes.subarray(0, sink.at);
  }

  write(sink: Sink): void {
    writeParts(sink, this.parts, this.#values);
  }
}

function isWide({ record }: PageEntry): boolean {
  return record?.type === 'histogram' || record?.type === 'summary';
}

/** Numbers of each series beside its values: its time of creation, where the page shows that. */
function extraOf({ created }: PageEntry): number {
  return created === undefined ? 0 : createdWidth;
}

function widthOf({ entry, arena, from, to }: PagePart): number {
  let width = (to - from) * extraOf(entry);
  if (!isWide(entry)) return width + to - from;
  for (let i = from; i < to; i++) width += arena.cells[i]!.lineSet.width;
  return width;
}

/** Bytes of one series, about. */
function seriesBytes({ entry, arena }: Pick<PagePart, 'entry' | 'arena'>): number {
  const { cells, bytes } = arena;
  const labels = bytes.length / cells.length;
  if (isWide(entry)) return cells[0]!.lineSet.lines * (labels + tailedLine);
  return (labels + numberLength) * (entry.created === undefined ? 1 : 2);
}

/**
 * Divides a page into runs of parts. The ends depend on nothing but the entries, so that blocks stay the same from page
 * to page.
 */
function divide(entries: readonly PageEntry[]): readonly (readonly PagePart[])[] {
  const runs: PagePart[][] = [];
  let run: PagePart[] = [];
  let size = 0;
  const close = () => {
    if (run.length > 0) runs.push(run);
    run = [];
    size = 0;
  };
  for (const entry of entries) {
    const arena = entry.record?.arena() ?? emptyArena;
    const count = arena.cells.length;
    if (count === 0 && entry.foreign.length === 0) continue;
    const bytes = count === 0 ? 0 : seriesBytes({ entry, arena });
    size += entry.header.length;
    for (let from = 0; from < count || from === 0; ) {
      if (size >= blockBytes) close();
      const to = Math.min(count, from + Math.max(1, Math.floor((blockBytes - size) / bytes)));
      run.push({ entry, arena, from, to });
      size += (to - from) * bytes;
      if (count === 0) break;
      from = to;
    }
    size += entry.foreign.length;
  }
  close();
  return runs;
}

function isSame(a: PagePart, b: PagePart): boolean {
  const [one, other] = [a.entry, b.entry];
  return (
    a.arena === b.arena &&
    a.from === b.from &&
    a.to === b.to &&
    one.record === other.record &&
    (one === other ||
      (one.header.equals(other.header) &&
        one.foreign.equals(other.foreign) &&
        (one.created ?? one.header).equals(other.created ?? other.header)))
  );
}

/** The blocks of a page that is taken again and again: an unchanged block need not be written again. */
export class PageBlocks {
  #entries: readonly PageEntry[] = [];
  #arenas: readonly (Arena | undefined)[] = [];
  #blocks: readonly Block[] = [];

  /** Takes the page as it is now. Blocks of an earlier page are invalid afterwards. */
  take(entries: readonly PageEntry[], values: Float64Array): readonly Block[] {
    if (!this.#isCurrent(entries)) this.#divide(entries);
    for (const block of this.#blocks) block.take(values);
    return this.#blocks;
  }

  #isCurrent(entries: readonly PageEntry[]): boolean {
    if (entries !== this.#entries) return false;
    for (let i = 0; i < entries.length; i++) if (entries[i]!.record?.arena() !== this.#arenas[i]) return false;
    return true;
  }

  #divide(entries: readonly PageEntry[]): void {
    const before = new Map(this.#blocks.map((block) => [keyOf(block.parts), block]));
    this.#blocks = divide(entries).map((parts) => {
      const block = before.get(keyOf(parts));
      const isUnchanged =
        block?.parts.length === parts.length && parts.every((part, i) => isSame(part, block.parts[i]!));
      return isUnchanged ? block : new Block(parts);
    });
    this.#entries = entries;
    this.#arenas = entries.map(({ record }) => record?.arena());
  }
}

function keyOf([first]: readonly PagePart[]): string {
  return `${first!.from} ${first!.entry.header.toString('latin1')}`;
}
