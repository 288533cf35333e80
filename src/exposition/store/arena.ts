import { ArenaBlocks } from './arena-blocks.ts';
import type { SeriesCell } from './series-cell.ts';

/**
 * The bytes that do not change from page to page: one block for each series, in the order of the page. Where a series
 * is one line the block is all of the line before its number (`name{a="x"} `), else the labels alone (`{a="x"`).
 */
export interface Arena {
  readonly cells: readonly SeriesCell[];
  readonly bytes: Uint8Array;
  /** The end of the block of each series. */
  readonly ends: Uint32Array;
  /** The first slot of each series. */
  readonly slots: Uint32Array;
  /** Bytes of the longest block. */
  readonly longest: number;
}

export const emptyArena: Arena = {
  cells: [],
  bytes: new Uint8Array(0),
  ends: new Uint32Array(0),
  slots: new Uint32Array(0),
  longest: 0,
};

function compareKeys(a: SeriesCell, b: SeriesCell): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

/**
 * The cells of the next page in order. The old ones are one sorted run, which the sort recognizes and leaves as it is.
 */
function ordered(old: Arena, pending: readonly SeriesCell[]): readonly SeriesCell[] {
  const cells = old.cells.filter((cell) => cell.alive);
  for (const cell of pending) if (cell.alive) cells.push(cell);
  return cells.sort(compareKeys);
}

/**
 * The arena without the removed series and with the new ones; existing blocks are copied, not made again.
 *
 * @param lineName the name of the line where a series is one line
 */
export function rebuildArena(old: Arena, pending: readonly SeriesCell[], lineName: string | undefined): Arena {
  const cells = ordered(old, pending);
  const ends = new Uint32Array(cells.length);
  const slots = new Uint32Array(cells.length);
  const blocks = new ArenaBlocks(lineName);
  let longest = 0;
  let end = 0;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    const size = cell.at < 0 ? blocks.size(cell.key) : sizeOf(old, cell.at);
    longest = Math.max(longest, size);
    end += size;
    ends[i] = end;
    slots[i] = cell.slot;
  }
  return { cells, bytes: fill(old, cells, ends, blocks), ends, slots, longest };
}

function sizeOf({ ends }: Arena, at: number): number {
  return ends[at]! - (at === 0 ? 0 : ends[at - 1]!);
}

function fill(old: Arena, cells: readonly SeriesCell[], ends: Uint32Array, blocks: ArenaBlocks): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(ends.at(-1) ?? 0);
  let at = 0;
  for (let i = 0; i < cells.length; i++) {
    const first = cells[i]!.at;
    cells[i]!.at = i;
    if (first < 0) {
      at = blocks.write(cells[i]!.key, bytes, at);
      continue;
    }
    let last = first;
    while (i + 1 < cells.length && cells[i + 1]!.at === last + 1) {
      last++;
      cells[++i]!.at = i;
    }
    const run = old.bytes.subarray(first === 0 ? 0 : old.ends[first - 1]!, old.ends[last]!);
    bytes.set(run, at);
    at += run.length;
  }
  return bytes;
}
