import type { PushPlan } from '../payload/push-plan.ts';
import type { Contribution, SummaryOutput } from '../series/exported-series.ts';
import { removeMember } from '../series/members.ts';
import { createForgottenNames, type ForgottenNames } from './forgotten-names.ts';
import type { Outputs } from './outputs.ts';
import type { Processes } from './processes.ts';
import type { PushEvents } from './push-events.ts';

/** One client: live, or gone and remembered as a tombstone. */
export interface Client extends Processes {
  readonly id: string;
  lastPush: number;
  /** Whether its name was ever used with a start, and without one. */
  withStart: boolean;
  withoutStart: boolean;
  /** Until then (ms) its values without a start may have been counted before. */
  readonly watchedUntil: number;
  readonly contributions: Map<string, Contribution>;
  /** The numbers that its contributions hold. */
  width: number;
  /** The plan of its last push. */
  plan: PushPlan | undefined;
  /** No gauge of it was last pushed before this (ms). */
  oldest: number;
  /** Resets since `resetsSince` (ms). */
  resets: number;
  resetsSince: number;
}

export interface ClientLimits {
  /** ms; Infinity: clients never go. */
  readonly ttl: number;
  readonly clients: number;
  /** Numbers of all clients, those of gone ones included; a bucket is one. */
  readonly values: number;
}

/** The time before which a sidecar may have counted, and how long to watch for it. */
export interface ColdStart {
  /** The start of this process, in ms; -Infinity: no sidecar was here before. */
  readonly startedAt: number;
  /**
   * How long, in ms, clients without a start are only watched: from then on, or from their return where they were
   * forgotten.
   */
  readonly coldStart: number;
}

/** TTLs for which a client that is gone is remembered, so that its counters do not count twice when it comes back. */
const tombstoneTtls = 10;
/** The time, in ms, between two searches of all live clients for gauges that they no longer push. */
const sweepMs = 1000;
/** Clients that are gone and remembered, for each that may be live. */
const tombstonesPerClient = 4;

/** The clients and their values. Nothing here reads a clock: the time comes with every call. */
export interface Clients {
  readonly live: ReadonlyMap<string, Client>;
  readonly gone: ReadonlyMap<string, Client>;
  /** Numbers of all clients. */
  readonly values: number;
  /**
   * Whether there is room for a push of these clients, so many of them new, with so many new values. Changes nothing:
   * the push may still be refused for another reason.
   * @returns the limit that is reached, or the tombstones of others to `forget` first
   */
  room(ids: ReadonlySet<string>, clients: number, values: number): 'clients' | 'values' | readonly Client[];
  forget(tombstones: readonly Client[]): void;
  /** Makes the client the most recent live one; creates or revives it where it is not live. */
  touch(id: string, now: number, events: PushEvents): Client;
  /** The time, in ms, for which a process that does not push is remembered. */
  readonly lifetime: number;
  /** Takes room for more numbers of a live client; false: there is none. */
  grow(client: Client, width: number): boolean;
  shrink(client: Client, width: number): void;
  keep(client: Client, key: string, contribution: Contribution): void;
  /** Removes gauges, clients and tombstones whose time is over. */
  expire(now: number, events: PushEvents, sweep: 'all' | 'now and then'): void;
  clear(): void;
}

/** The state that the functions below share. */
interface ClientTable {
  readonly outputs: Outputs;
  readonly limits: ClientLimits;
  // Both in the order of the last push: the first ones expire first.
  readonly live: Map<string, Client>;
  readonly gone: Map<string, Client>;
  values: number;
  readonly forgotten: ForgottenNames;
  /** The latest start of all forgotten processes, in seconds. */
  watermark: number;
  /** The time of the last search of all live clients, in ms. */
  sweptAt: number;
}

export function createClients(outputs: Outputs, limits: ClientLimits, start: ColdStart): Clients {
  const table: ClientTable = {
    ...{ outputs, limits, live: new Map(), gone: new Map(), values: 0 },
    ...{ forgotten: createForgottenNames(), watermark: Number.NEGATIVE_INFINITY, sweptAt: Number.NEGATIVE_INFINITY },
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
      for (const client of tombstones) forget(table, client);
    },
    touch(id, now, events) {
      const client = live.get(id) ?? gone.get(id) ?? newClient(table, start, id, now);
      if (gone.delete(id)) events.revived++;
      live.delete(id);
      live.set(id, client);
      client.lastPush = now;
      client.oldest = Math.min(client.oldest, now);
      return client;
    },
    keep(client, key, contribution) {
      client.contributions.set(key, contribution);
      client.width += contribution.width;
      table.values += contribution.width;
    },
    lifetime: limits.ttl * (1 + tombstoneTtls),
    grow(client, width) {
      if (table.values + width > limits.values) return false;
      client.width += width;
      table.values += width;
      return true;
    },
    shrink(client, width) {
      client.width -= width;
      table.values -= width;
    },
    expire: (now, events, sweep) => expire(table, now, events, sweep),
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
  { limits, live, gone, values }: ClientTable,
  ids: ReadonlySet<string>,
  clients: number,
  more: number,
): 'clients' | 'values' | readonly Client[] {
  if (live.size + clients > limits.clients) return 'clients';
  let over = values + more - limits.values;
  const evicted: Client[] = [];
  for (const client of gone.values()) {
    if (over <= 0) break;
    if (ids.has(client.id)) continue;
    evicted.push(client);
    over -= client.width;
  }
  return over > 0 ? 'values' : evicted;
}

function expire(table: ClientTable, now: number, events: PushEvents, sweep: 'all' | 'now and then'): void {
  const { limits, live, gone } = table;
  for (const client of live.values()) {
    if (now - client.lastPush < limits.ttl) break;
    retire(table, client, events);
  }
  // A push calls this too, and must not cost more where there are more clients.
  if (sweep === 'all' || now - table.sweptAt >= sweepMs || now < table.sweptAt) {
    table.sweptAt = now;
    for (const client of live.values()) {
      if (now - client.oldest >= limits.ttl) dropStale(table, client, now);
    }
  }
  for (const client of gone.values()) {
    if (now - client.lastPush < limits.ttl * (1 + tombstoneTtls)) break;
    forget(table, client);
  }
}

/** Makes a tombstone of a client: its gauges leave the page, the state of its counters is remembered. */
function retire(table: ClientTable, client: Client, events: PushEvents): void {
  const { limits, live, gone } = table;
  live.delete(client.id);
  client.plan = undefined;
  for (const [key, contribution] of client.contributions) {
    withdraw(table.outputs, contribution);
    if (contribution.output.kind === 'combine') discard(table, client, key, contribution);
  }
  gone.set(client.id, client);
  if (gone.size > limits.clients * tombstonesPerClient) forget(table, gone.values().next().value!);
  events.expired++;
}

/** Removes single gauges: a live client may have stopped pushing some. */
function dropStale(table: ClientTable, client: Client, now: number): void {
  client.oldest = Number.POSITIVE_INFINITY;
  for (const [key, contribution] of client.contributions) {
    if (contribution.output.kind !== 'combine') continue;
    if (now - contribution.at < table.limits.ttl) {
      client.oldest = Math.min(client.oldest, contribution.at);
      continue;
    }
    withdraw(table.outputs, contribution);
    discard(table, client, key, contribution);
    client.plan = undefined;
  }
}

function discard(table: ClientTable, client: Client, key: string, { width }: Contribution): void {
  client.contributions.delete(key);
  client.width -= width;
  table.values -= width;
}

function forget(table: ClientTable, client: Client): void {
  table.gone.delete(client.id);
  table.values -= client.width;
  if (client.withoutStart) table.forgotten.add(client.id);
  table.watermark = client.processes.reduce((latest, { start }) => Math.max(latest, start), table.watermark);
  table.watermark = Math.max(table.watermark, client.watermark);
}

function newClient(
  { forgotten, watermark }: ClientTable,
  { startedAt, coldStart }: ColdStart,
  id: string,
  now: number,
): Client {
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

/** Withdraws a client's value from the page: its gauge goes, its counters stay in their totals. */
function withdraw(outputs: Outputs, contribution: Contribution): void {
  const { output } = contribution;
  if (output.kind !== 'combine' && output.kind !== 'summary') return;
  removeMember(output, contribution);
  if (output.kind === 'combine') {
    if (output.members.length === 0) outputs.drop(output);
    else outputs.changed(output);
  } else if (output.members.length === 0) hideQuantiles(output);
}

/** Without a live client a quantile is NaN, as client libraries write a quantile without observations. */
function hideQuantiles({ series }: SummaryOutput): void {
  for (let i = 0; i < series.quantiles.length; i++) series.setQuantile(i, Number.NaN);
}
