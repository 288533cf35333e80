import { labelBlock } from './labels.ts';
import type { SeriesCell } from './series.ts';

/**
 * The bytes that do not change from page to page: one block a series, side by side in the order of the page. Where a series is one
 * line the block is all of the line before its number (`name{a="x"} `), else the labels alone (`{a="x"`).
 */
export interface Arena {
  readonly cells: readonly SeriesCell[];
  readonly bytes: Uint8Array;
  /** Where the block of each series ends. */
  readonly ends: Uint32Array;
  /** The first slot of each series. */
  readonly slots: Uint32Array;
  /** Bytes of the longest block. */
  readonly longest: number;
}

export const EMPTY_ARENA: Arena = {
  cells: [],
  bytes: new Uint8Array(0),
  ends: new Uint32Array(0),
  slots: new Uint32Array(0),
  longest: 0,
};

function compareKeys(a: SeriesCell, b: SeriesCell): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function block(cell: SeriesCell, lineName: string | undefined): string {
  const labels = labelBlock(cell.key);
  if (lineName === undefined) return labels;
  return labels === '' ? `${lineName} ` : `${lineName}${labels}} `;
}

/** The cells of the next page in order. The old ones are one sorted run, which the sort finds and leaves in peace. */
function ordered(old: Arena, fresh: readonly SeriesCell[]): readonly SeriesCell[] {
  const cells = old.cells.filter((cell) => cell.alive);
  for (const cell of fresh) if (cell.alive) cells.push(cell);
  return cells.sort(compareKeys);
}

/**
 * The arena with the series that died taken out and the fresh ones put in; blocks that were there are copied, not made again.
 *
 * @param lineName the name of the line where a series is one line
 */
export function rebuildArena(old: Arena, fresh: readonly SeriesCell[], lineName: string | undefined): Arena {
  const cells = ordered(old, fresh);
  const ends = new Uint32Array(cells.length);
  const slots = new Uint32Array(cells.length);
  const made: string[] = [];
  let longest = 0;
  let end = 0;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    let size: number;
    if (cell.at < 0) {
      const text = block(cell, lineName);
      made.push(text);
      size = Buffer.byteLength(text);
    } else {
      size = old.ends[cell.at]! - (cell.at === 0 ? 0 : old.ends[cell.at - 1]!);
    }
    longest = Math.max(longest, size);
    end += size;
    ends[i] = end;
    slots[i] = cell.slot;
  }
  return { cells, bytes: fill(old, cells, ends, made), ends, slots, longest };
}

function fill(old: Arena, cells: readonly SeriesCell[], ends: Uint32Array, made: readonly string[]): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(ends.at(-1) ?? 0);
  let at = 0;
  let next = 0;
  for (let i = 0; i < cells.length; i++) {
    const first = cells[i]!.at;
    cells[i]!.at = i;
    if (first < 0) {
      at += bytes.write(made[next++]!, at);
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
