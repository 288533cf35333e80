import type { MetricStore } from '../exposition/metric/metric-store.ts';
import { draftPlan } from './json/draft-plan.ts';
import { fill, matches } from './json/json-shape.ts';
import type { PushedFamily } from './json/monasca.ts';
import { shortened } from './json/validate-rows.ts';
import { checkNumbers } from './payload/check-numbers.ts';
import { createProblems, type Problem, type Problems } from './payload/payload-problem.ts';
import { type Plan, type Point, widthOf } from './payload/push-plan.ts';
import { applyPlan } from './state/apply-plan.ts';
import { createOutputs, type Outputs } from './state/outputs.ts';
import { createSources, type Earlier, type Source, type SourceLimits, type Sources } from './state/push-clients.ts';
import { type Facts, noFacts } from './state/push-counts.ts';

/** Who pushes, as far as headers say it. */
export interface Identity {
  readonly client: string | undefined;
  /** When its process started, in seconds. */
  readonly start: number | undefined;
}

export type Pushed =
  | { readonly ok: true; readonly facts: Facts }
  | {
      readonly ok: false;
      readonly facts: Facts;
      /** `limit`: the payload is right, but there is no room for it. */
      readonly cause: 'payload' | 'limit';
      readonly problems: readonly Problem[];
      /** All of them, listed or not. */
      readonly count: number;
    };

/** The state of the runtime: many processes' pushes as one application's series in a store. */
export interface Ingest {
  readonly outputs: Outputs;
  readonly sources: Sources;
  /** Takes a payload whole or not at all, in one synchronous step. */
  push(payload: unknown, identity: Identity, now: number): Pushed;
  /** Lets go of what is past its time at `now`. */
  expire(now: number): Facts;
  /** Forgets everything. */
  clear(): void;
}

/** How many problems of a payload are told. */
const mostProblems = 20;

/** Without `coldStart`, values of clients without a start are counted from the first on. */
export function createIngest(
  options: { readonly store: MetricStore; readonly limits: SourceLimits } & Partial<Earlier> &
    Pick<Earlier, 'startedAt'>,
): Ingest {
  const { store, limits, startedAt, coldStart = 0 } = options;
  const outputs = createOutputs(store);
  const sources = createSources(outputs, limits, { startedAt, coldStart });
  let order = 0;

  const known = (name: string) => outputs.families.get(name)?.type;

  const push = (payload: unknown, { client, start }: Identity, now: number): Pushed => {
    const problems = createProblems(mostProblems);
    const facts = noFacts();
    if (!Array.isArray(payload)) {
      problems.add({ family: -1, row: -1 }, [], 'bad_field', 'the body must be a JSON array of families');
      return rejected(problems, facts);
    }
    sources.expire(now, facts, 'now and then');
    const remembered = sources.live.get(client ?? idOf(payload) ?? '')?.plan;
    const drafted =
      remembered !== undefined && matches(remembered, payload)
        ? { plan: remembered, families: payload as readonly PushedFamily[] }
        : draftPlan(payload, client, known, problems);
    if (drafted === undefined) return rejected(problems, facts);
    const { plan, families } = drafted;
    fill(plan, families, problems);
    if (problems.count === 0) for (const point of plan.points) checkNumbers(point, plan.numbers, problems);
    if (problems.count > 0) return rejected(problems, facts);
    const fresh = plan !== remembered;
    const giveWay = fresh ? checkRoom(plan, sources, limits, problems) : [];
    const claimed = fresh && problems.count === 0 ? outputs.claim(plan.points, problems) : [];
    if (problems.count > 0) return rejected(problems, facts);
    sources.forget(giveWay);
    if (fresh) facts.helpConflicts = countHelpConflicts(families, outputs);
    applyPlan(plan, { sources, outputs, claimed, since: startedAt / 1000, start, now, order: order++, facts });
    return { ok: true, facts };
  };

  return {
    outputs,
    sources,
    push,
    expire(now) {
      const facts = noFacts();
      sources.expire(now, facts, 'all');
      outputs.publish();
      return facts;
    },
    clear() {
      sources.clear();
      outputs.clear();
    },
  };
}

function rejected(problems: Problems, facts: Facts): Pushed {
  const list = problems.list();
  const limit = list.every(({ code }) => code === 'limit_exceeded');
  return { ok: false, facts, cause: limit ? 'limit' : 'payload', problems: list, count: problems.count };
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

/** @returns the tombstones that give way when the push is taken */
function checkRoom(
  { points, sources: ids }: Plan,
  sources: Sources,
  limits: SourceLimits,
  problems: Problems,
): readonly Source[] {
  const clients = [...ids.keys()].filter((id) => !sources.live.has(id)).length;
  const isNew = ({ source, identity: { key } }: Point) =>
    !(sources.live.get(source) ?? sources.gone.get(source))?.contributions.has(key);
  const values = points.reduce((sum, point) => (isNew(point) ? sum + widthOf(point) : sum), 0);
  const full = sources.room(new Set(ids.keys()), clients, values);
  if (typeof full !== 'string') return full;
  const detail =
    full === 'clients'
      ? `${clients} new clients beside ${sources.live.size} are over the limit of ${limits.clients}`
      : `${values} new values beside ${sources.values} are over the limit of ${limits.values}`;
  problems.add({ family: -1, row: -1 }, [], 'limit_exceeded', detail);
  return [];
}

function countHelpConflicts(families: readonly PushedFamily[], { families: known }: Outputs): number {
  const differs = (help: string | undefined, kept: string | undefined) =>
    help !== undefined && kept !== undefined && shortened(help) !== kept;
  return families.filter(({ name, help }) => differs(help, known.get(name)?.help)).length;
}
