import type { MetricStore } from '../exposition/metric/metric-store.ts';
import { draftPlan } from './json/draft-plan.ts';
import { fill, matches } from './json/json-shape.ts';
import type { PushedFamily } from './json/monasca.ts';
import { shortened } from './json/validate-rows.ts';
import { checkNumbers } from './payload/check-numbers.ts';
import { createProblems, type PayloadProblem, type Problems } from './payload/payload-problem.ts';
import { type DataPoint, type PushPlan, widthOf } from './payload/push-plan.ts';
import { applyPushPlan } from './state/apply-plan.ts';
import { createOutputs, type Outputs } from './state/outputs.ts';
import { type Client, type ClientLimits, type Clients, type ColdStart, createClients } from './state/push-clients.ts';
import { noEvents, type PushEvents } from './state/push-events.ts';

/** The client of a push, as far as its headers say it. */
export interface Identity {
  readonly client: string | undefined;
  /** The start of its process, in seconds. */
  readonly start: number | undefined;
}

export type Pushed =
  | { readonly ok: true; readonly events: PushEvents }
  | {
      readonly ok: false;
      readonly events: PushEvents;
      /** `limit`: the payload is right, but there is no room for it. */
      readonly cause: 'payload' | 'limit';
      readonly problems: readonly PayloadProblem[];
      /** All of them, listed or not. */
      readonly count: number;
    };

/** The state of the runtime: the pushes of many processes as the series of one application in a store. */
export interface Ingest {
  readonly outputs: Outputs;
  readonly clients: Clients;
  /** Takes a payload whole or not at all, in one synchronous step. */
  push(payload: unknown, identity: Identity, now: number): Pushed;
  /** Removes gauges, clients and tombstones whose time is over at `now`. */
  expire(now: number): PushEvents;
  /** Forgets everything. */
  clear(): void;
}

/** Problems of a payload that are listed; the others are counted. */
const mostProblems = 20;

/** Without `coldStart`, the first values of clients without a start count in full. */
export function createIngest(
  options: { readonly store: MetricStore; readonly limits: ClientLimits } & Partial<ColdStart> &
    Pick<ColdStart, 'startedAt'>,
): Ingest {
  const { store, limits, startedAt, coldStart = 0 } = options;
  const outputs = createOutputs(store);
  const clients = createClients(outputs, limits, { startedAt, coldStart });
  let order = 0;

  const typeOf = (name: string) => outputs.families.get(name)?.type;

  const push = (payload: unknown, { client, start }: Identity, now: number): Pushed => {
    const problems = createProblems(mostProblems);
    const events = noEvents();
    if (!Array.isArray(payload)) {
      problems.add({ family: -1, row: -1 }, [], 'bad_field', 'the body must be a JSON array of families');
      return rejected(problems, events);
    }
    clients.expire(now, events, 'now and then');
    const lastPlan = clients.live.get(client ?? idOf(payload) ?? '')?.plan;
    const draft =
      lastPlan !== undefined && matches(lastPlan, payload)
        ? { plan: lastPlan, families: payload as readonly PushedFamily[] }
        : draftPlan(payload, client, typeOf, problems);
    if (draft === undefined) return rejected(problems, events);
    const { plan, families } = draft;
    fill(plan, families, problems);
    if (problems.count === 0) for (const point of plan.points) checkNumbers(point, plan.numbers, problems);
    if (problems.count > 0) return rejected(problems, events);
    const isNew = plan !== lastPlan;
    const evicted = isNew ? checkRoom(plan, clients, limits, problems) : [];
    const claimed = isNew && problems.count === 0 ? outputs.claim(plan.points, problems) : [];
    if (problems.count > 0) return rejected(problems, events);
    clients.forget(evicted);
    if (isNew) events.helpConflicts = countHelpConflicts(families, outputs);
    applyPushPlan(plan, { clients, outputs, claimed, since: startedAt / 1000, start, now, order: order++, events });
    return { ok: true, events };
  };

  return {
    outputs,
    clients,
    push,
    expire(now) {
      const events = noEvents();
      clients.expire(now, events, 'all');
      outputs.publish();
      return events;
    },
    clear() {
      clients.clear();
      outputs.clear();
    },
  };
}

function rejected(problems: Problems, events: PushEvents): Pushed {
  const list = problems.list();
  const limit = list.every(({ code }) => code === 'limit_exceeded');
  return { ok: false, events, cause: limit ? 'limit' : 'payload', problems: list, count: problems.count };
}

/** The `_id` of the first row, in a payload that is not validated yet. */
function idOf(payload: readonly unknown[]): string | undefined {
  for (const family of payload as readonly { readonly values?: unknown }[]) {
    const rows = family?.values;
    if (!Array.isArray(rows) || rows.length === 0) continue;
    const id = (rows[0] as { labels?: { _id?: unknown } } | null)?.labels?._id;
    return typeof id === 'string' ? id : undefined;
  }
  return undefined;
}

/** @returns the tombstones to forget when the push is taken */
function checkRoom(
  { points, clients: startsAt }: PushPlan,
  clients: Clients,
  limits: ClientLimits,
  problems: Problems,
): readonly Client[] {
  const newClients = [...startsAt.keys()].filter((id) => !clients.live.has(id)).length;
  const isNew = ({ clientId, identity: { key } }: DataPoint) =>
    !(clients.live.get(clientId) ?? clients.gone.get(clientId))?.contributions.has(key);
  const values = points.reduce((sum, point) => (isNew(point) ? sum + widthOf(point) : sum), 0);
  const full = clients.room(new Set(startsAt.keys()), newClients, values);
  if (typeof full !== 'string') return full;
  const detail =
    full === 'clients'
      ? `${newClients} new clients beside ${clients.live.size} are over the limit of ${limits.clients}`
      : `${values} new values beside ${clients.values} are over the limit of ${limits.values}`;
  problems.add({ family: -1, row: -1 }, [], 'limit_exceeded', detail);
  return [];
}

function countHelpConflicts(families: readonly PushedFamily[], { families: exported }: Outputs): number {
  const differs = (help: string | undefined, first: string | undefined) =>
    help !== undefined && first !== undefined && shortened(help) !== first;
  return families.filter(({ name, help }) => differs(help, exported.get(name)?.help)).length;
}
