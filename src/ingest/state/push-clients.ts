import type { Plan } from '../payload/push-plan.ts';
import type { Contribution, SummaryOutput } from '../series/exported-series.ts';
import { part } from '../series/members.ts';
import { createForgotten, type Forgotten } from './forgotten-names.ts';
import type { Outputs } from './outputs.ts';
import type { Processes } from './processes.ts';
import type { Facts } from './push-counts.ts';

/** One client, live or (kept as a tombstone) gone. */
export interface Source extends Processes {
  readonly id: string;
  lastPush: number;
  /** Whether it was ever pushed with a start, and without one. */
  withStart: boolean;
  withoutStart: boolean;
  /** Until then (ms) what it pushes without a start may have been counted before. */
  readonly watchedUntil: number;
  readonly contributions: Map<string, Contribution>;
  /** Numbers that its contributions hold. */
  width: number;
  /** Of its last push. */
  plan: Plan | undefined;
  /** No gauge of it was pushed longer ago than this. */
  oldest: number;
  /** Resets seen since `resetsSince` (ms). */
  resets: number;
  resetsSince: number;
}

export interface SourceLimits {
  /** ms; Infinity: clients never go. */
  readonly ttl: number;
  readonly clients: number;
  /** Numbers held over all clients, gone ones included; a bucket is one. */
  readonly values: number;
}

/** What may have been counted before this process began. */
export interface Earlier {
  /** When this process started, in ms; -Infinity: no sidecar was here before. */
  readonly startedAt: number;
  /**
   * For how long from then (or from their return, where they were forgotten) clients without a start are only watched,
   * in ms.
   */
  readonly coldStart: number;
}

/** How many TTLs a client that is gone is remembered, lest its counters are counted twice when it comes back. */
const tombstoneTtls = 10;
/** How often, in ms, all clients that live are looked through for gauges that they no longer push. */
const sweepMs = 1000;
/** How many clients that are gone are remembered for each that may be live. */
const tombstonesPerClient = 4;

/** The clients, and what each has pushed. Nothing here looks at a clock: the time comes with every call. */
export interface Sources {
  readonly live: ReadonlyMap<string, Source>;
  readonly gone: ReadonlyMap<string, Source>;
  /** Numbers held. */
  readonly values: number;
  /**
   * Whether there is room for a push of these clients, so many of them new, with so many new values. Changes nothing:
   * the push may still be refused for another reason.
   * @returns the limit that does not let them in, or the tombstones of others that have to give way: for `forget`
   */
  room(ids: ReadonlySet<string>, clients: number, values: number): 'clients' | 'values' | readonly Source[];
  forget(tombstones: readonly Source[]): void;
  /** The client, now live and the most recent one; made or called back where it is not live. */
  touch(id: string, now: number, facts: Facts): Source;
  /** How long a process that does not push is remembered, in ms. */
  readonly lifetime: number;
  /** Takes room for more numbers of a client that lives; false: there is none. */
  grow(source: Source, width: number): boolean;
  shrink(source: Source, width: number): void;
  keep(source: Source, key: string, contribution: Contribution): void;
  /** Lets go of what is past its time: gauges, clients, tombstones. */
  expire(now: number, facts: Facts, sweep: 'all' | 'now and then'): void;
  clear(): void;
}

/** What the functions below share. */
interface Table {
  readonly outputs: Outputs;
  readonly limits: SourceLimits;
  // Both in the order of the last push, so that what expires first is found first.
  readonly live: Map<string, Source>;
  readonly gone: Map<string, Source>;
  values: number;
  readonly forgotten: Forgotten;
  /** The latest start of all processes that were forgotten, in seconds. */
  watermark: number;
  /** When all live clients were looked through last, in ms. */
  sweptAt: number;
}

export function createSources(outputs: Outputs, limits: SourceLimits, earlier: Earlier): Sources {
  const table: Table = {
    ...{ outputs, limits, live: new Map(), gone: new Map(), values: 0 },
    ...{ forgotten: createForgotten(), watermark: Number.NEGATIVE_INFINITY, sweptAt: Number.NEGATIVE_INFINITY },
  };
  const { live, gone } = table;
  return {
    live,
    gone,
    get values() {
      return table.values;
    },
    room: (ids, clients, values) => room(table, ids, clients, values),
    forget(tombstones) {
      for (const source of tombstones) forget(table, source);
    },
    touch(id, now, facts) {
      const source = live.get(id) ?? gone.get(id) ?? newSource(table, earlier, id, now);
      if (gone.delete(id)) facts.revived++;
      live.delete(id);
      live.set(id, source);
      source.lastPush = now;
      source.oldest = Math.min(source.oldest, now);
      return source;
    },
    keep(source, key, contribution) {
      source.contributions.set(key, contribution);
      source.width += contribution.width;
      table.values += contribution.width;
    },
    lifetime: limits.ttl * (1 + tombstoneTtls),
    grow(source, width) {
      if (table.values + width > limits.values) return false;
      source.width += width;
      table.values += width;
      return true;
    },
    shrink(source, width) {
      source.width -= width;
      table.values -= width;
    },
    expire: (now, facts, sweep) => expire(table, now, facts, sweep),
    clear() {
      table.forgotten.clear();
      table.watermark = Number.NEGATIVE_INFINITY;
      live.clear();
      gone.clear();
      table.values = 0;
    },
  };
}

function room(
  { limits, live, gone, values }: Table,
  ids: ReadonlySet<string>,
  clients: number,
  more: number,
): 'clients' | 'values' | readonly Source[] {
  if (live.size + clients > limits.clients) return 'clients';
  let over = values + more - limits.values;
  const giveWay: Source[] = [];
  for (const source of gone.values()) {
    if (over <= 0) break;
    if (ids.has(source.id)) continue;
    giveWay.push(source);
    over -= source.width;
  }
  return over > 0 ? 'values' : giveWay;
}

function expire(table: Table, now: number, facts: Facts, sweep: 'all' | 'now and then'): void {
  const { limits, live, gone } = table;
  for (const source of live.values()) {
    if (now - source.lastPush < limits.ttl) break;
    retire(table, source, facts);
  }
  // A push asks for this too, and must not cost more where there are more clients.
  if (sweep === 'all' || now - table.sweptAt >= sweepMs || now < table.sweptAt) {
    table.sweptAt = now;
    for (const source of live.values()) {
      if (now - source.oldest >= limits.ttl) dropStale(table, source, now);
    }
  }
  for (const source of gone.values()) {
    if (now - source.lastPush < limits.ttl * (1 + tombstoneTtls)) break;
    forget(table, source);
  }
}

/** Makes a tombstone of a client: its gauges leave, what its counters were at is remembered. */
function retire(table: Table, source: Source, facts: Facts): void {
  const { limits, live, gone } = table;
  live.delete(source.id);
  source.plan = undefined;
  for (const [key, contribution] of source.contributions) {
    leave(table.outputs, contribution);
    if (contribution.output.kind === 'combine') discard(table, source, key, contribution);
  }
  gone.set(source.id, source);
  if (gone.size > limits.clients * tombstonesPerClient) forget(table, gone.values().next().value!);
  facts.expired++;
}

/** Gauges leave one by one: a client that lives on may have stopped pushing some. */
function dropStale(table: Table, source: Source, now: number): void {
  source.oldest = Number.POSITIVE_INFINITY;
  for (const [key, contribution] of source.contributions) {
    if (contribution.output.kind !== 'combine') continue;
    if (now - contribution.at < table.limits.ttl) {
      source.oldest = Math.min(source.oldest, contribution.at);
      continue;
    }
    leave(table.outputs, contribution);
    discard(table, source, key, contribution);
    source.plan = undefined;
  }
}

function discard(table: Table, source: Source, key: string, { width }: Contribution): void {
  source.contributions.delete(key);
  source.width -= width;
  table.values -= width;
}

function forget(table: Table, source: Source): void {
  table.gone.delete(source.id);
  table.values -= source.width;
  if (source.withoutStart) table.forgotten.add(source.id);
  table.watermark = source.processes.reduce((latest, { start }) => Math.max(latest, start), table.watermark);
  table.watermark = Math.max(table.watermark, source.watermark);
}

function newSource(
  { forgotten, watermark }: Table,
  { startedAt, coldStart }: Earlier,
  id: string,
  now: number,
): Source {
  return {
    id,
    lastPush: now,
    processes: [],
    watermark,
    withStart: false,
    withoutStart: false,
    watchedUntil: Math.max(startedAt, forgotten.has(id) ? now : startedAt) + coldStart,
    contributions: new Map(),
    width: 0,
    plan: undefined,
    oldest: now,
    resets: 0,
    resetsSince: now,
  };
}

/** Takes a client out of what is exported: its gauge goes, its counters stay in their totals. */
function leave(outputs: Outputs, contribution: Contribution): void {
  const { output } = contribution;
  if (output.kind !== 'combine' && output.kind !== 'summary') return;
  part(output, contribution);
  if (output.kind === 'combine') {
    if (output.members.length === 0) outputs.drop(output);
    else outputs.changed(output);
  } else if (output.members.length === 0) hideQuantiles(output);
}

/** A quantile of nobody who lives: NaN, as client libraries write a quantile without observations. */
function hideQuantiles({ series }: SummaryOutput): void {
  for (let i = 0; i < series.quantiles.length; i++) series.setQuantile(i, Number.NaN);
}
