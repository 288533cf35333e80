import type { Arena } from './arena.ts';
import { NUMBER_BYTES, writeNumber } from './number.ts';
import type { FamilyRecord } from './record.ts';

/** One family of a page, ready to be written but for its numbers. */
export interface PageEntry {
  readonly header: Buffer;
  readonly record?: FamilyRecord;
  /** The names of the lines of a histogram (`_bucket`, `_sum`, `_count`) or summary (plain, `_sum`, `_count`). */
  readonly heads: readonly Buffer[];
  /** The name of the `_created` lines, where the format and type have them. */
  readonly created?: Buffer;
  /** Whole lines that another program gave. */
  readonly foreign: Buffer;
}

const LINE_FEED = 10;
const SPACE = 32;
const CLOSING_BRACE = 125;
const FIRST_PAGE_BYTES = 4096;

/** A page being written: bytes that grow. */
class Sink {
  bytes: Buffer;
  at = 0;

  constructor(reuse: Buffer | undefined) {
    this.bytes = reuse ?? Buffer.allocUnsafeSlow(FIRST_PAGE_BYTES);
  }

  /** Makes room for `size` more bytes behind `at`. */
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

// A loop beats `set` and `copy` for the some 100 bytes of a line: no call into C++, no view to be made.
function copy(target: Uint8Array, at: number, source: Uint8Array, from: number, to: number): number {
  for (let i = from; i < to; i++) target[at++] = source[i]!;
  return at;
}

function writeScalars(sink: Sink, arena: Arena, values: Float64Array): void {
  const { bytes, ends, slots } = arena;
  const lineBytes = arena.longest + NUMBER_BYTES + 1;
  let target = sink.bytes;
  let at = sink.at;
  let from = 0;
  for (let i = 0; i < ends.length; i++) {
    if (at + lineBytes > target.length) target = sink.room(at, lineBytes);
    const to = ends[i]!;
    at = copy(target, at, bytes, from, to);
    at = writeNumber(target, at, values[slots[i]!]!);
    target[at++] = LINE_FEED;
    from = to;
  }
  sink.at = at;
}

/** Value and `_created` of each series; the block begins with the family's name, which the second line has not. */
function writeScalarsAndCreated(sink: Sink, arena: Arena, values: Float64Array, name: string, created: Buffer): void {
  const { bytes, ends, slots, cells } = arena;
  const lineBytes = arena.longest * 2 + created.length + NUMBER_BYTES * 2 + 2;
  let at = sink.at;
  let from = 0;
  for (let i = 0; i < ends.length; i++) {
    const target = sink.room(at, lineBytes);
    const to = ends[i]!;
    at = copy(target, at, bytes, from, to);
    at = writeNumber(target, at, values[slots[i]!]!);
    target[at++] = LINE_FEED;
    at = copy(target, at, created, 0, created.length);
    at = copy(target, at, bytes, from + name.length, to);
    at = writeNumber(target, at, cells[i]!.created / 1000);
    target[at++] = LINE_FEED;
    from = to;
  }
  sink.at = at;
}

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

  /** The label block of the lines that follow. */
  series(from: number, to: number): void {
    this.#from = from;
    this.#to = to;
  }

  /** A line whose own label is in `tail`. */
  tailed(head: Uint8Array, tail: Uint8Array, value: number): void {
    const sink = this.#sink;
    const target = sink.room(sink.at, head.length + this.#to - this.#from + tail.length + NUMBER_BYTES + 1);
    let at = copy(target, sink.at, head, 0, head.length);
    at = copy(target, at, this.#block, this.#from, this.#to);
    at = copy(target, at, tail, 0, tail.length);
    at = writeNumber(target, at, value);
    target[at++] = LINE_FEED;
    sink.at = at;
  }

  /** A line without a label of its own. */
  plain(head: Uint8Array, value: number): void {
    const sink = this.#sink;
    const target = sink.room(sink.at, head.length + this.#to - this.#from + NUMBER_BYTES + 3);
    let at = copy(target, sink.at, head, 0, head.length);
    at = copy(target, at, this.#block, this.#from, this.#to);
    if (this.#to > this.#from) target[at++] = CLOSING_BRACE;
    target[at++] = SPACE;
    at = writeNumber(target, at, value);
    target[at++] = LINE_FEED;
    sink.at = at;
  }
}

function writeHistograms(sink: Sink, arena: Arena, values: Float64Array, entry: PageEntry): void {
  const { bytes, ends, cells } = arena;
  const [bucket, sum, count] = entry.heads as readonly [Buffer, Buffer, Buffer];
  const lines = new LineWriter(sink, bytes);
  let from = 0;
  for (let i = 0; i < ends.length; i++) {
    const { slot, lineSet, created } = cells[i]!;
    const to = ends[i]!;
    const tails = to > from ? lineSet.tails : lineSet.bareTails;
    lines.series(from, to);
    let total = 0;
    for (let j = 0; j < tails.length; j++) {
      total += values[slot + j]!;
      lines.tailed(bucket, tails[j]!, total);
    }
    lines.plain(sum, values[slot + tails.length]!);
    lines.plain(count, total);
    if (entry.created !== undefined) lines.plain(entry.created, created / 1000);
    from = to;
  }
}

function writeSummaries(sink: Sink, arena: Arena, values: Float64Array, entry: PageEntry): void {
  const { bytes, ends, cells } = arena;
  const [quantile, sum, count] = entry.heads as readonly [Buffer, Buffer, Buffer];
  const lines = new LineWriter(sink, bytes);
  let from = 0;
  for (let i = 0; i < ends.length; i++) {
    const { slot, lineSet, created } = cells[i]!;
    const to = ends[i]!;
    const tails = to > from ? lineSet.tails : lineSet.bareTails;
    lines.series(from, to);
    for (let j = 0; j < tails.length; j++) lines.tailed(quantile, tails[j]!, values[slot + 2 + j]!);
    lines.plain(sum, values[slot + 1]!);
    lines.plain(count, values[slot]!);
    if (entry.created !== undefined) lines.plain(entry.created, created / 1000);
    from = to;
  }
}

function writeSeries(sink: Sink, record: FamilyRecord, values: Float64Array, entry: PageEntry): void {
  const arena = record.arena();
  if (record.type === 'histogram') writeHistograms(sink, arena, values, entry);
  else if (record.type === 'summary') writeSummaries(sink, arena, values, entry);
  else if (entry.created === undefined) writeScalars(sink, arena, values);
  else writeScalarsAndCreated(sink, arena, values, record.name, entry.created);
}

/**
 * Writes a page: the entries in their order, those without samples left out, then `ending`.
 *
 * @param reuse a buffer that nobody reads any more; the page is written there if it is large enough
 * @returns the page, a view of `reuse` or of a new buffer
 */
export function writePage(
  entries: readonly PageEntry[],
  values: Float64Array,
  ending: Uint8Array,
  reuse: Buffer | undefined,
): Buffer {
  const sink = new Sink(reuse);
  for (const entry of entries) {
    const { record, foreign } = entry;
    if ((record === undefined || record.size === 0) && foreign.length === 0) continue;
    sink.append(entry.header);
    if (record !== undefined && record.size > 0) writeSeries(sink, record, values, entry);
    if (foreign.length > 0) sink.append(foreign);
  }
  sink.append(ending);
  return sink.bytes.subarray(0, sink.at);
}
