// Which process a cumulative value came from, where several may push under one name. See "Whose value it is" in
// docs/kinds/ingest.md.
//
// A stream is what one process pushes of one series: its values never fall. A push goes to the stream whose last value
// is the greatest
// that is not above it, and only the difference counts: of all ways to explain what was pushed by processes whose
// values never fall, this
// one has the smallest sum, so what is exported is never above the truth. (For vectors, such as histograms, a push
// counts only where one
// stream is above all others that it may belong to.)
import { sameNumbers } from './cumulative.ts';

/** What one push says of one series. */
export interface Reading {
  /** Counter: the value. Histogram and summary: the count. */
  value: number;
  /** Histogram: the count of each bucket alone. */
  readonly counts: Float64Array | undefined;
  readonly sum: number;
  readonly edges: readonly number[];
}

export interface Stream {
  /** When the process started, in seconds; NaN: it does not say. */
  readonly start: number;
  /** When the series began, in seconds; NaN: it does not say. */
  readonly created: number;
  /** When it was pushed last, in ms. */
  at: number;
  reading: Reading;
  /** The least that was seen while the sidecar only watched: anything from here to `reading` counts nothing. */
  floor: Reading | undefined;
  next: Stream | undefined;
}

/** The streams of one series of one client, the one that was pushed last first. */
export interface Streams {
  stream: Stream | undefined;
  /** A value that fell: a restart only once the next push confirms it. */
  held: { readonly start: number; readonly reading: Reading } | undefined;
  createdSeen: 'never' | 'always' | 'mixed' | undefined;
  /** Whether observations are known to be below zero, so that the sum may fall by itself. */
  signed: boolean;
  /** Numbers that one stream holds, as they count towards the limit. */
  readonly width: number;
}

/** What is known of the process that pushes. */
export interface Pushing {
  /** NaN: not known, or this name has been used with a start and without one. */
  readonly start: number;
  /** Whether what it counted so far may have been counted before: by a sidecar before this one, or by us. */
  readonly baseline: boolean;
  /** Whether its name may have several such processes, none of which says who it is: nothing counts yet. */
  readonly watching: boolean;
  /** Series that began after this (seconds) are nobody's but ours to count; -Infinity: all of them. */
  readonly since: number;
  readonly now: number;
  /** A stream that was not pushed for so long (ms) belongs to a process that is gone. */
  readonly lifetime: number;
  /** Takes room for one more stream; false: there is none. */
  readonly grow: (width: number) => boolean;
  readonly shrink: (width: number) => void;
  /** A stream of a process that says its start was let go. */
  readonly lost: (start: number) => void;
}

/** What a push did to its streams. */
export type Happened =
  /** It goes on. `returned`: a fall before it was another process, or came late. */
  | { readonly kind: 'continue'; readonly from: Reading; readonly to: Reading; readonly returned: boolean }
  /** A process or series that is new: all of it counts. */
  | { readonly kind: 'new' | 'restart' | 'confirmed'; readonly to: Reading }
  /** Nothing counts. `fell`: unless the next push confirms it. `unclear`: it may be several processes'. */
  | { readonly kind: 'baseline' | 'watched' | 'fell' | 'unclear' };

/** Processes that differ by less say the same start, in seconds: some compute it with every push. */
const startTolerance = 0.005;
/** More processes than this under one name are not told apart. */
const mostStreams = 32;

/**
 * The usual case of a counter, without anything made: one process goes on.
 *
 * @returns what is added; undefined: another case, and nothing was done
 */
export function goOn(
  { stream, held, createdSeen }: Streams,
  value: number,
  created: number,
  pushing: Pushing,
): number | undefined {
  if (stream === undefined || stream.next !== undefined || held !== undefined || stream.floor !== undefined)
    return undefined;
  const sameCreated = Number.isNaN(created)
    ? createdSeen === 'never'
    : createdSeen === 'always' && created === stream.created;
  const { reading } = stream;
  const last = reading.value;
  if (!sameCreated || !(value >= last) || pushing.watching || !sameStart(pushing.start, stream.start)) return undefined;
  reading.value = value;
  stream.at = pushing.now;
  return value - last;
}

export function takeReading(streams: Streams, reading: Reading, created: number, pushing: Pushing): Happened {
  if (reading.sum < 0 || (reading.edges[0] ?? 0) < 0) streams.signed = true;
  const label = createdLabel(streams, created);
  const young = created >= pushing.since;
  if (pushing.watching && !young) return watch(streams, reading, pushing);
  if (streams.stream?.next !== undefined) prune(streams, pushing);
  const found = bestFit(streams.stream, reading, pushing.start, label, streams.signed);
  const { held } = streams;
  const isOurs = held !== undefined && sameStart(held.start, pushing.start);
  if (isOurs) streams.held = undefined;
  if (found === 'unclear') return { kind: 'unclear' };
  if (found === 'none') {
    const known = streams.stream !== undefined;
    if (!keep(streams, reading, label, pushing)) return { kind: 'unclear' };
    if (!young && (pushing.baseline || created < pushing.since)) return { kind: 'baseline' };
    return { kind: known ? 'restart' : 'new', to: reading };
  }
  if (found === 'fell') {
    const goesOn = isOurs && isBelow(held.reading, reading) && (streams.signed || held.reading.sum <= reading.sum);
    if (goesOn && keep(streams, reading, label, pushing)) {
      return { kind: 'confirmed', to: reading };
    }
    streams.held = { start: pushing.start, reading };
    return { kind: 'fell' };
  }
  const from = found.reading;
  const to = found.floor === undefined ? reading : merged(from, reading, Math.max);
  found.reading = to;
  found.at = pushing.now;
  bringForward(streams, found);
  return { kind: 'continue', from, to, returned: isOurs };
}

/** A created time tells streams apart only where every push of the series says one. */
function createdLabel(streams: Streams, created: number): number {
  const now = Number.isNaN(created) ? 'never' : 'always';
  if (streams.createdSeen === undefined) streams.createdSeen = now;
  else if (streams.createdSeen !== now) streams.createdSeen = 'mixed';
  return streams.createdSeen === 'always' ? created : Number.NaN;
}

/** While the sidecar is young: every value may have been counted by the sidecar before, whoever it is of. */
function watch(streams: Streams, reading: Reading, pushing: Pushing): Happened {
  for (let stream = streams.stream; stream !== undefined; stream = stream.next) {
    if (stream.floor === undefined || !sameNumbers(stream.reading.edges, reading.edges)) continue;
    stream.floor = merged(stream.floor, reading, Math.min);
    stream.reading = merged(stream.reading, reading, Math.max);
    stream.at = pushing.now;
    return { kind: 'watched' };
  }
  if (keep(streams, reading, Number.NaN, pushing)) streams.stream!.floor = reading;
  return { kind: 'baseline' };
}

/** The stream that a reading goes to. `none`: no stream of this process is known. `fell`: it is below all of them. */
function bestFit(
  first: Stream | undefined,
  reading: Reading,
  start: number,
  created: number,
  signed: boolean,
): Stream | 'none' | 'fell' | 'unclear' {
  let known = false;
  let fits = false;
  const fitting: Stream[] = [];
  for (let stream = first; stream !== undefined; stream = stream.next) {
    if (!sameStart(start, stream.start)) continue;
    if (!Number.isNaN(created) && !Number.isNaN(stream.created) && created !== stream.created) continue;
    known = true;
    if (!isBelow(stream.floor ?? stream.reading, reading)) continue;
    fits = true;
    if (!signed && (stream.floor ?? stream.reading).sum > reading.sum) continue;
    // The usual case, without the list.
    if (stream.next === undefined && fitting.length === 0) return stream;
    fitting.push(stream);
  }
  // A sum alone that fell: another process, or observations below zero of which nothing tells.
  if (fitting.length === 0) return fits ? 'unclear' : known ? 'fell' : 'none';
  if (fitting.length === 1) return fitting[0]!;
  const tops = fitting.map((stream) => ({ stream, top: topOf(stream, reading) }));
  const best = tops.reduce<(typeof tops)[number] | undefined>(
    (most, next) => (most === undefined || next.top.value > most.top.value ? next : most),
    undefined,
  );
  if (best === undefined) return 'unclear';
  const isAbove = tops.every(
    ({ top }) => top === best.top || (isBelow(top, best.top) && (signed || top.sum <= best.top.sum)),
  );
  return isAbove ? best.stream : 'unclear';
}

/** What of a stream is known to be at most the reading: of one that was watched, no more than the reading itself. */
function topOf({ floor, reading: top }: Stream, reading: Reading): Reading {
  return floor === undefined ? top : merged(top, reading, Math.min);
}

/** An unknown start may be any. */
function sameStart(asked: number, start: number): boolean {
  return Number.isNaN(asked) || Math.abs(asked - start) <= startTolerance;
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

function bringForward(streams: Streams, stream: Stream): void {
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

/** Adds a stream; false: there is no room, and what is pushed of it is not counted. */
function keep(streams: Streams, reading: Reading, created: number, pushing: Pushing): boolean {
  const { start, now } = pushing;
  const first = streams.stream === undefined;
  if (!first && (countOf(streams) >= mostStreams || !pushing.grow(streams.width))) {
    const oldest = oldestOf(streams, pushing);
    if (oldest === undefined) return false;
    unlink(streams, oldest);
    pushing.lost(oldest.start);
  }
  streams.stream = { start, created, at: now, reading, floor: undefined, next: streams.stream };
  return true;
}

/** The last of those that can go: a process that says its start is told from others when it comes back. */
function oldestOf({ stream: first }: Streams, { start, now, lifetime }: Pushing): Stream | undefined {
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

/** Lets streams of processes go that are gone, all but the first. */
function prune(streams: Streams, { now, lifetime, lost, shrink }: Pushing): void {
  for (let before = streams.stream!; before.next !== undefined; ) {
    const stream = before.next;
    if (now - stream.at < lifetime) before = stream;
    else {
      before.next = stream.next;
      lost(stream.start);
      shrink(streams.width);
    }
  }
}
