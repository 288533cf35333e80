// Several processes may push under one name. This file assigns each cumulative value to one of them. See "Whose value
// it is" in docs/kinds/ingest.md.
//
// A stream is the part of one series that one process pushes: its values never fall. A push goes to the stream whose
// last value is the greatest that is not above it, and only the difference counts. Of all ways to explain the pushes by
// processes whose values never fall, this one has the smallest sum, so an exported value is never above the truth. (For
// vectors, such as histograms, a push counts only where one stream is above all others that it may belong to.)
import { sameNumbers } from './cumulative.ts';

/** The numbers of one series in one push. */
export interface Reading {
  /** Counter: the value. Histogram and summary: the count. */
  value: number;
  /** Histogram: the count of each bucket alone. */
  readonly counts: Float64Array | undefined;
  readonly sum: number;
  readonly edges: readonly number[];
}

export interface Stream {
  /** The start of the process, in seconds; NaN: it does not say. */
  readonly start: number;
  /** The start of the series, in seconds; NaN: the push does not say. */
  readonly created: number;
  /** The time of its last push, in ms. */
  at: number;
  reading: Reading;
  /** The least reading while the sidecar only watched: a value from here to `reading` adds nothing. */
  floor: Reading | undefined;
  next: Stream | undefined;
}

/** The streams of one series of one client, the one that was pushed last first. */
export interface Streams {
  stream: Stream | undefined;
  /** A value that fell. It is a restart only once the next push confirms it. */
  unconfirmedFall: { readonly start: number; readonly reading: Reading } | undefined;
  createdPresence: 'never' | 'always' | 'mixed' | undefined;
  /** Whether observations are known to be below zero, so that the sum may fall by itself. */
  hasNegatives: boolean;
  /** Numbers that one stream holds, as they count towards the limit. */
  readonly width: number;
}

/** The process that pushes, as far as it is known. */
export interface PushingProcess {
  /** NaN: not known, or this name has been used with a start and without one. */
  readonly start: number;
  /** Whether its counts so far may have been added before: by the sidecar before this one, or by this one. */
  readonly baseline: boolean;
  /** Whether several processes that say no start may share its name: nothing counts yet. */
  readonly watching: boolean;
  /** Series that began after this (seconds) were counted by no other sidecar; -Infinity: none was. */
  readonly since: number;
  readonly now: number;
  /** A stream without a push for so long (ms) belongs to a process that is gone. */
  readonly lifetime: number;
  /** Takes room for one more stream; false: there is none. */
  readonly grow: (width: number) => boolean;
  readonly shrink: (width: number) => void;
  /** Called with the start of a process whose stream was removed. */
  readonly onStreamDropped: (start: number) => void;
}

/** The effect of a reading on the streams of its series. */
export type ReadingOutcome =
  /** A stream goes on. `returned`: the fall before it was another process, or a late push. */
  | { readonly kind: 'continue'; readonly from: Reading; readonly to: Reading; readonly returned: boolean }
  /** A new process or series: all of it counts. */
  | { readonly kind: 'new' | 'restart' | 'confirmed'; readonly to: Reading }
  /** Nothing counts. `fell`: until the next push confirms it. `unclear`: it may belong to several processes. */
  | { readonly kind: 'baseline' | 'watched' | 'fell' | 'unclear' };

/** Starts that differ by less (seconds) are the same one: some clients compute theirs with every push. */
const startTolerance = 0.005;
/** More processes than this under one name are not told apart. */
const mostStreams = 32;

/**
 * The usual case of a counter, without an allocation: one process goes on.
 *
 * @returns the increase; undefined: another case, and nothing was done
 */
export function advanceCounter(
  { stream, unconfirmedFall, createdPresence }: Streams,
  value: number,
  created: number,
  pushing: PushingProcess,
): number | undefined {
  if (stream === undefined || stream.next !== undefined || unconfirmedFall !== undefined || stream.floor !== undefined)
    return undefined;
  const sameCreated = Number.isNaN(created)
    ? createdPresence === 'never'
    : createdPresence === 'always' && created === stream.created;
  const { reading } = stream;
  const last = reading.value;
  if (!sameCreated || !(value >= last) || pushing.watching || !sameStart(pushing.start, stream.start)) return undefined;
  reading.value = value;
  stream.at = pushing.now;
  return value - last;
}

export function assignReading(
  streams: Streams,
  reading: Reading,
  created: number,
  pushing: PushingProcess,
): ReadingOutcome {
  if (reading.sum < 0 || (reading.edges[0] ?? 0) < 0) streams.hasNegatives = true;
  const key = createdKey(streams, created);
  const young = created >= pushing.since;
  if (pushing.watching && !young) return watch(streams, reading, pushing);
  if (streams.stream?.next !== undefined) prune(streams, pushing);
  const fit = bestFit(streams.stream, reading, pushing.start, key, streams.hasNegatives);
  const { unconfirmedFall } = streams;
  const isSameProcess = unconfirmedFall !== undefined && sameStart(unconfirmedFall.start, pushing.start);
  if (isSameProcess) streams.unconfirmedFall = undefined;
  if (fit === 'unclear') return { kind: 'unclear' };
  if (fit === 'none') {
    const hadStream = streams.stream !== undefined;
    if (!addStream(streams, reading, key, pushing)) return { kind: 'unclear' };
    if (!young && (pushing.baseline || created < pushing.since)) return { kind: 'baseline' };
    return { kind: hadStream ? 'restart' : 'new', to: reading };
  }
  if (fit === 'fell') {
    const goesOn =
      isSameProcess &&
      isBelow(unconfirmedFall.reading, reading) &&
      (streams.hasNegatives || unconfirmedFall.reading.sum <= reading.sum);
    if (goesOn && addStream(streams, reading, key, pushing)) {
      return { kind: 'confirmed', to: reading };
    }
    streams.unconfirmedFall = { start: pushing.start, reading };
    return { kind: 'fell' };
  }
  const from = fit.reading;
  const to = fit.floor === undefined ? reading : merged(from, reading, Math.max);
  fit.reading = to;
  fit.at = pushing.now;
  moveToFront(streams, fit);
  return { kind: 'continue', from, to, returned: isSameProcess };
}

/** A created time tells streams apart only where every push of the series says one. */
function createdKey(streams: Streams, created: number): number {
  const now = Number.isNaN(created) ? 'never' : 'always';
  if (streams.createdPresence === undefined) streams.createdPresence = now;
  else if (streams.createdPresence !== now) streams.createdPresence = 'mixed';
  return streams.createdPresence === 'always' ? created : Number.NaN;
}

/** While the sidecar is young, the sidecar before it may have counted every value. */
function watch(streams: Streams, reading: Reading, pushing: PushingProcess): ReadingOutcome {
  for (let stream = streams.stream; stream !== undefined; stream = stream.next) {
    if (stream.floor === undefined || !sameNumbers(stream.reading.edges, reading.edges)) continue;
    stream.floor = merged(stream.floor, reading, Math.min);
    stream.reading = merged(stream.reading, reading, Math.max);
    stream.at = pushing.now;
    return { kind: 'watched' };
  }
  if (addStream(streams, reading, Number.NaN, pushing)) streams.stream!.floor = reading;
  return { kind: 'baseline' };
}

/**
 * The stream that a reading goes to. `none`: the process has no stream yet. `fell`: the reading is below all of them.
 */
function bestFit(
  first: Stream | undefined,
  reading: Reading,
  start: number,
  created: number,
  hasNegatives: boolean,
): Stream | 'none' | 'fell' | 'unclear' {
  let hasStream = false;
  let fits = false;
  const fitting: Stream[] = [];
  for (let stream = first; stream !== undefined; stream = stream.next) {
    if (!sameStart(start, stream.start)) continue;
    if (!Number.isNaN(created) && !Number.isNaN(stream.created) && created !== stream.created) continue;
    hasStream = true;
    if (!isBelow(stream.floor ?? stream.reading, reading)) continue;
    fits = true;
    if (!hasNegatives && (stream.floor ?? stream.reading).sum > reading.sum) continue;
    // The usual case, without the list.
    if (stream.next === undefined && fitting.length === 0) return stream;
    fitting.push(stream);
  }
  // The sum alone fell: it is another process, or there were observations below zero.
  if (fitting.length === 0) return fits ? 'unclear' : hasStream ? 'fell' : 'none';
  if (fitting.length === 1) return fitting[0]!;
  const tops = fitting.map((stream) => ({ stream, top: topOf(stream, reading) }));
  const best = tops.reduce<(typeof tops)[number] | undefined>(
    (most, next) => (most === undefined || next.top.value > most.top.value ? next : most),
    undefined,
  );
  if (best === undefined) return 'unclear';
  const isAbove = tops.every(
    ({ top }) => top === best.top || (isBelow(top, best.top) && (hasNegatives || top.sum <= best.top.sum)),
  );
  return isAbove ? best.stream : 'unclear';
}

/**
 * The greatest reading of a stream that is surely not above `reading`: of a watched one, no more than `reading` itself.
 */
function topOf({ floor, reading: top }: Stream, reading: Reading): Reading {
  return floor === undefined ? top : merged(top, reading, Math.min);
}

/** An unknown start matches every start. */
function sameStart(pushed: number, start: number): boolean {
  return Number.isNaN(pushed) || Math.abs(pushed - start) <= startTolerance;
}

/** Whether one process can have pushed `low` first and `high` later, the sums left out. */
function isBelow(low: Reading, high: Reading): boolean {
  if (low.value > high.value || !sameNumbers(low.edges, high.edges)) return false;
  const { counts } = low;
  return counts === undefined || counts.every((count, i) => count <= high.counts![i]!);
}

function merged(a: Reading, b: Reading, pick: (x: number, y: number) => number): Reading {
  const counts = a.counts?.map((count, i) => pick(count, b.counts![i]!));
  const value = counts === undefined ? pick(a.value, b.value) : counts.reduce((sum, count) => sum + count, 0);
  return { value, counts, sum: pick(a.sum, b.sum), edges: a.edges };
}

function moveToFront(streams: Streams, stream: Stream): void {
  if (streams.stream === stream) return;
  unlink(streams, stream);
  stream.next = streams.stream;
  streams.stream = stream;
}

function unlink(streams: Streams, stream: Stream): void {
  let before = streams.stream!;
  if (before === stream) streams.stream = stream.next;
  else {
    while (before.next !== stream) before = before.next!;
    before.next = stream.next;
  }
}

/** Adds a stream; false: there is no room, and its values are not counted. */
function addStream(streams: Streams, reading: Reading, created: number, pushing: PushingProcess): boolean {
  const { start, now } = pushing;
  const first = streams.stream === undefined;
  if (!first && (countOf(streams) >= mostStreams || !pushing.grow(streams.width))) {
    const oldest = oldestOf(streams, pushing);
    if (oldest === undefined) return false;
    unlink(streams, oldest);
    pushing.onStreamDropped(oldest.start);
  }
  streams.stream = { start, created, at: now, reading, floor: undefined, next: streams.stream };
  return true;
}

/**
 * The oldest stream that may be removed: one of a process that says its start, which is recognized when it comes back,
 * or one whose process is gone.
 */
function oldestOf({ stream: first }: Streams, { start, now, lifetime }: PushingProcess): Stream | undefined {
  let oldest: Stream | undefined;
  for (let stream = first; stream !== undefined; stream = stream.next) {
    const canGo = Number.isNaN(start) || Number.isNaN(stream.start) ? now - stream.at >= lifetime : true;
    if (canGo && (oldest === undefined || stream.at <= oldest.at)) oldest = stream;
  }
  return oldest;
}

function countOf({ stream: first }: Streams): number {
  let count = 0;
  for (let stream = first; stream !== undefined; stream = stream.next) count++;
  return count;
}

/** Removes the streams of processes that are gone, all but the first. */
function prune(streams: Streams, { now, lifetime, onStreamDropped, shrink }: PushingProcess): void {
  for (let before = streams.stream!; before.next !== undefined; ) {
    const stream = before.next;
    if (now - stream.at < lifetime) before = stream;
    else {
      before.next = stream.next;
      onStreamDropped(stream.start);
      shrink(streams.width);
    }
  }
}
