import { numberBytes, writeNumber } from '../metric/sample-number.ts';
import type { Arena } from '../store/arena.ts';
import type { FamilyRecord } from '../store/family-record.ts';

/** One family of a page, complete except for its numbers. */
export interface PageEntry {
  readonly header: Buffer;
  readonly record?: FamilyRecord;
  /** The names of the lines of a histogram (`_bucket`, `_sum`, `_count`) or summary (plain, `_sum`, `_count`). */
  readonly heads: readonly Buffer[];
  /** The name of the `_created` lines, where the format and type have them. */
  readonly created?: Buffer;
  /** The complete lines of another program. */
  readonly foreign: Buffer;
}

const lineFeed = 10;
const space = 32;
const closingBrace = 125;
const firstPageBytes = 4096;

/**
 * Consecutive series of one family on a page. The header goes with the first series, foreign lines with the last one.
 */
export interface PagePart {
  readonly entry: PageEntry;
  /** The arena of the entry's record when the part was made. */
  readonly arena: Arena;
  readonly from: number;
  readonly to: number;
}

/** A page being written: bytes that grow. */
export class Sink {
  bytes: Buffer;
  at = 0;

  constructor(reuse: Buffer | undefined) {
    this.bytes = reuse ?? Buffer.allocUnsafeSlow(firstPageBytes);
  }

  /** Makes room for `size` more bytes after `at`. */
  room(at: number, size: number): Buffer {
    if (at + size > this.bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(at + size, Math.ceil(this.bytes.length * 1.5)));
      grown.set(this.bytes.subarray(0, at));
      this.bytes = grown;
    }
    return this.bytes;
  }

  append(block: Uint8Array): void {
    this.room(this.at, block.length).set(block, this.at);
    this.at += block.length;
  }
}

// For the some 100 bytes of a line a loop beats `set` and `copy`: it needs no call into C++ and no view.
function copy(target: Uint8Array, at: number, source: Uint8Array, from: number, to: number): number {
  for (let i = from; i < to; i++) target[at++] = source[i]!;
  return at;
}

/**
 * Writes the lines of a part. Its numbers are those of its series in their order, each followed by its time of creation
 * where the entry shows that; the first is `values[at]`.
 *
 * @returns the index of the first number of the next part
 */
type PartWriter = (sink: Sink, part: PagePart, values: Float64Array, at: number) => number;

function startOf({ ends }: Arena, series: number): number {
  return series === 0 ? 0 : ends[series - 1]!;
}

const writeScalars: PartWriter = (sink, { arena, from, to }, values, first) => {
  const { bytes, ends } = arena;
  const lineBytes = arena.longest + numberBytes + 1;
  let target = sink.bytes;
  let at = sink.at;
  let start = startOf(arena, from);
  let next = first;
  for (let i = from; i < to; i++) {
    if (at + lineBytes > target.length) target = sink.room(at, lineBytes);
    const end = ends[i]!;
    at = copy(target, at, bytes, start, end);
    at = writeNumber(target, at, values[next++]!);
    target[at++] = lineFeed;
    start = end;
  }
  sink.at = at;
  return next;
};

/**
 * Writes value and `_created` of each series; the block begins with the family's name, which the second line does not
 * have.
 */
const writeScalarsAndCreated: PartWriter = (sink, { entry, arena, from, to }, values, first) => {
  const { bytes, ends } = arena;
  const created = entry.created!;
  const nameLength = entry.record!.name.length;
  const lineBytes = arena.longest * 2 + created.length + numberBytes * 2 + 2;
  let target = sink.bytes;
  let at = sink.at;
  let start = startOf(arena, from);
  let next = first;
  for (let i = from; i < to; i++) {
    if (at + lineBytes > target.length) target = sink.room(at, lineBytes);
    const end = ends[i]!;
    at = copy(target, at, bytes, start, end);
    at = writeNumber(target, at, values[next++]!);
    target[at++] = lineFeed;
    at = copy(target, at, created, 0, created.length);
    at = copy(target, at, bytes, start + nameLength, end);
    at = writeNumber(target, at, values[next++]! / 1000);
    target[at++] = lineFeed;
    start = end;
  }
  sink.at = at;
  return next;
};

/** The writer of the lines of one series of a histogram or summary. */
class LineWriter {
  readonly #sink: Sink;
  readonly #block: Uint8Array;
  #from = 0;
  #to = 0;

  constructor(sink: Sink, block: Uint8Array) {
    this.#sink = sink;
    this.#block = block;
  }

  /** Sets the label block of the following lines. */
  series(from: number, to: number): void {
    this.#from = from;
    this.#to = to;
  }

  /** Writes a line with its own label, which is in `tail`. */
  tailed(head: Uint8Array, tail: Uint8Array, value: number): void {
    const sink = this.#sink;
    const target = sink.room(sink.at, head.length + this.#to - this.#from + tail.length + numberBytes + 1);
    let at = copy(target, sink.at, head, 0, head.length);
    at = copy(target, at, this.#block, this.#from, this.#to);
    at = copy(target, at, tail, 0, tail.length);
    at = writeNumber(target, at, value);
    target[at++] = lineFeed;
    sink.at = at;
  }

  /** Writes a line without a label of its own. */
  plain(head: Uint8Array, value: number): void {
    const sink = this.#sink;
    const target = sink.room(sink.at, head.length + this.#to - this.#from + numberBytes + 3);
    let at = copy(target, sink.at, head, 0, head.length);
    at = copy(target, at, this.#block, this.#from, this.#to);
    if (this.#to > this.#from) target[at++] = closingBrace;
    target[at++] = space;
    at = writeNumber(target, at, value);
    target[at++] = lineFeed;
    sink.at = at;
  }
}

const writeHistograms: PartWriter = (sink, { entry, arena, from, to }, values, first) => {
  const { bytes, ends, cells } = arena;
  const [bucket, sum, count] = entry.heads as readonly [Buffer, Buffer, Buffer];
  const lines = new LineWriter(sink, bytes);
  let start = startOf(arena, from);
  let next = first;
  for (let i = from; i < to; i++) {
    const { lineSet } = cells[i]!;
    const end = ends[i]!;
    const tails = end > start ? lineSet.tails : lineSet.bareTails;
    lines.series(start, end);
    let total = 0;
    for (const tail of tails) {
      total += values[next++]!;
      lines.tailed(bucket, tail, total);
    }
    lines.plain(sum, values[next++]!);
    lines.plain(count, total);
    if (entry.created !== undefined) lines.plain(entry.created, values[next++]! / 1000);
    start = end;
  }
  return next;
};

const writeSummaries: PartWriter = (sink, { entry, arena, from, to }, values, first) => {
  const { bytes, ends, cells } = arena;
  const [quantile, sum, count] = entry.heads as readonly [Buffer, Buffer, Buffer];
  const lines = new LineWriter(sink, bytes);
  let start = startOf(arena, from);
  let next = first;
  for (let i = from; i < to; i++) {
    const { lineSet } = cells[i]!;
    const end = ends[i]!;
    const tails = end > start ? lineSet.tails : lineSet.bareTails;
    lines.series(start, end);
    for (let j = 0; j < tails.length; j++) lines.tailed(quantile, tails[j]!, values[next + 2 + j]!);
    lines.plain(sum, values[next + 1]!);
    lines.plain(count, values[next]!);
    next += lineSet.width;
    if (entry.created !== undefined) lines.plain(entry.created, values[next++]! / 1000);
    start = end;
  }
  return next;
};

function writerOf({ record, created }: PageEntry): PartWriter {
  if (record?.type === 'histogram') return writeHistograms;
  if (record?.type === 'summary') return writeSummaries;
  return created === undefined ? writeScalars : writeScalarsAndCreated;
}

/**
 * Writes parts one after the other.
 *
 * @param values the numbers of their series in the order of the slots of each (see `Series`), each series followed by
 *   its time of creation where the entry shows that
 */
export function writeParts(sink: Sink, parts: readonly PagePart[], values: Float64Array): void {
  let at = 0;
  for (const part of parts) {
    const { entry, arena, from, to } = part;
    if (from === 0) sink.append(entry.header);
    if (to > from) at = writerOf(entry)(sink, part, values, at);
    if (to === arena.cells.length) sink.append(entry.foreign);
  }
}
