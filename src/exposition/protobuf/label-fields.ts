import type { Labels } from '../metric/family.ts';
import { keyLabels } from '../metric/labels.ts';
import type { FamilyRecord } from '../store/family-record.ts';
import type { SeriesCell } from '../store/series-cell.ts';
import { MessageWriter } from './message-writer.ts';

/** The labels of a family's series as fields of a `Metric`, side by side in the order of the page. */
export interface LabelFields {
  readonly cells: readonly SeriesCell[];
  readonly bytes: Uint8Array;
  /** The end of the fields of each series. */
  readonly ends: Uint32Array;
}

const none: LabelFields = { cells: [], bytes: new Uint8Array(0), ends: new Uint32Array(0) };

/** Cached from page to page: writing the labels of a series costs some ten times as much as its number. */
const cache = new WeakMap<FamilyRecord, LabelFields>();

/** Writes labels into their `Metric`. */
export function writeLabels(out: MessageWriter, labels: Labels): void {
  for (const [name, value] of labels) {
    const pair = out.begin(1);
    out.text(1, name);
    out.text(2, value);
    out.end(pair);
  }
}

/** How many series are the same from these indexes on. */
function common(old: readonly SeriesCell[], at: number, cells: readonly SeriesCell[], i: number): number {
  let length = 0;
  while (at + length < old.length && old[at + length] === cells[i + length]) length++;
  return length;
}

/** The fields of the present series of a family; those of series on the last page are copied, not written again. */
export function labelFields(record: FamilyRecord): LabelFields {
  const { cells } = record.arena();
  const old = cache.get(record) ?? none;
  if (old.cells === cells) return old;
  const out = new MessageWriter();
  const ends = new Uint32Array(cells.length);
  let next = 0;
  for (let i = 0; i < cells.length; ) {
    // Both lists have the same order, so a series before this one that is not on this page was removed.
    while (next < old.cells.length && !old.cells[next]!.alive) next++;
    const end = next + common(old.cells, next, cells, i);
    if (end === next) {
      writeLabels(out, keyLabels(cells[i]!.key));
      ends[i++] = out.at;
      continue;
    }
    const from = next === 0 ? 0 : old.ends[next - 1]!;
    const shift = out.at - from;
    out.raw(old.bytes, from, old.ends[end - 1]!);
    while (next < end) ends[i++] = old.ends[next++]! + shift;
  }
  const fields = { cells, bytes: new Uint8Array(out.bytes.subarray(0, out.at)), ends };
  cache.set(record, fields);
  return fields;
}
