import { type DataPoint, isWorthKeeping, type PushPlan, widthOf } from '../payload/push-plan.ts';
import { addTo, bucketsOf, increaseOf, sameNumbers, totalOf } from '../series/cumulative.ts';
import type {
  CombinedOutput,
  Contribution,
  HistogramOutput,
  Output,
  SummaryOutput,
} from '../series/exported-series.ts';
import { addMember } from '../series/members.ts';
import {
  advanceCounter,
  assignReading,
  type PushingProcess,
  type Reading,
  type ReadingOutcome,
} from '../series/streams.ts';
import { type Outputs, publishHistogram, showsQuantiles } from './outputs.ts';
import { markStreamLost, processOf } from './processes.ts';
import type { Client, Clients } from './push-clients.ts';
import type { PushEvents } from './push-events.ts';

/** The state that a plan is applied to, and the circumstances of the push. */
export interface ApplyContext {
  readonly clients: Clients;
  readonly outputs: Outputs;
  /** The outputs of a new plan's points, in their order. */
  readonly claimed: readonly Output[];
  /**
   * In seconds: series that began earlier may have been counted by the sidecar before this one; -Infinity: there was
   * none.
   */
  readonly since: number;
  /** The start of the client's process, where a header says it, in seconds. */
  readonly start: number | undefined;
  readonly now: number;
  readonly order: number;
  readonly events: PushEvents;
}

/** With more resets within a minute, two processes push under one name. */
const resetsPerMinute = 3;

/** Applies a plan whose numbers are valid. It cannot fail, and it is one synchronous step: no page shows half of it. */
export function applyPushPlan(plan: PushPlan, context: ApplyContext): void {
  const { clients, events, now } = context;
  const pushers = new Map<string, { readonly client: Client; readonly pushing: PushingProcess }>();
  for (const [id, startAt] of plan.clients) {
    const client = clients.touch(id, now, events);
    const start = context.start ?? (startAt === -1 ? Number.NaN : plan.numbers[startAt]!);
    pushers.set(id, { client, pushing: pushingOf(client, start, context) });
  }
  const resets = events.restarts + events.falls;
  plan.points.forEach((point, i) => {
    const { client, pushing } = pushers.get(point.clientId)!;
    point.contribution ??= contributionOf(point, client, context.claimed[i]!, context);
    applyPoint(point, point.contribution, pushing, plan.numbers, context);
  });
  events.samples += plan.slots.length;
  const only = pushers.size === 1 ? pushers.values().next().value!.client : undefined;
  if (only === undefined) return;
  only.plan = isWorthKeeping(plan) ? plan : undefined;
  if (events.restarts + events.falls > resets) noteReset(only, now, events);
}

/**
 * The process that pushes, as far as it is known. Starts tell no processes apart once the name was used without one.
 */
function pushingOf(client: Client, start: number, { clients, since, now, order }: ApplyContext): PushingProcess {
  const isKnown = !Number.isNaN(start);
  if (isKnown) client.withStart = true;
  else client.withoutStart = true;
  const process = isKnown ? processOf(client, start, since, order) : undefined;
  const isMixed = client.withStart && client.withoutStart;
  return {
    start: isMixed ? Number.NaN : start,
    baseline: process !== undefined && (process.hasLostStream || (process.old && process.first === order)),
    watching: (!isKnown || isMixed) && now < client.watchedUntil,
    since,
    now,
    lifetime: clients.lifetime,
    grow: (width) => clients.grow(client, width),
    shrink: (width) => clients.shrink(client, width),
    onStreamDropped: (gone) => markStreamLost(client, gone),
  };
}

function noteReset(client: Client, now: number, events: PushEvents): void {
  if (now - client.resetsSince >= 60_000) {
    client.resets = 0;
    client.resetsSince = now;
  }
  if (++client.resets === resetsPerMinute + 1) events.identityConflicts.push(client.id);
}

/** Finds or makes the contribution that holds the client's values of a point. */
function contributionOf(point: DataPoint, client: Client, output: Output, { clients }: ApplyContext): Contribution {
  point.identity = output.identity;
  const { key } = output.identity;
  const existing = client.contributions.get(key);
  if (existing !== undefined) return existing;
  const contribution = newContribution(output, widthOf(point));
  clients.keep(client, key, contribution);
  return contribution;
}

function newContribution(output: Output, width: number): Contribution {
  return {
    ...{ output, width, value: 0, at: 0, order: -1, joinOrder: -1, index: -1 },
    ...{ stream: undefined, unconfirmedFall: undefined, createdPresence: undefined, hasNegatives: false },
  };
}

function applyPoint(
  point: DataPoint,
  contribution: Contribution,
  pushing: PushingProcess,
  numbers: Float64Array,
  context: ApplyContext,
): void {
  contribution.at = context.now;
  contribution.order = context.order;
  const { output } = contribution;
  const { events } = context;
  switch (output.kind) {
    case 'combine':
      combineValue(output, contribution, point, numbers[point.at]!, context);
      break;
    case 'count': {
      const increase = advanceCounter(contribution, numbers[point.at]!, numbers[point.at + 1]!, pushing);
      if (increase !== undefined) {
        if (increase === 0) break;
        addTo(output.total, increase);
        output.series.set(totalOf(output.total));
        break;
      }
      const reading = { value: numbers[point.at]!, counts: undefined, sum: 0, edges: point.edges };
      const growth = growthOf(assignReading(contribution, reading, numbers[point.at + 1]!, pushing), events);
      if (growth === undefined) break;
      addTo(output.total, increaseOf(growth.from.value, growth.to.value));
      output.series.set(totalOf(output.total));
      break;
    }
    case 'histogram':
      foldHistogram(output, contribution, point, numbers, pushing, events);
      break;
    case 'summary':
      foldSummary(output, contribution, point, numbers, pushing, context);
  }
}

const nothing: Reading = { value: 0, counts: undefined, sum: 0, edges: [] };

/** Counts the outcome. @returns the two readings whose difference is added; undefined: nothing is added */
function growthOf(
  outcome: ReadingOutcome,
  events: PushEvents,
): { readonly from: Reading; readonly to: Reading } | undefined {
  switch (outcome.kind) {
    case 'continue':
      return outcome;
    case 'restart':
      events.restarts++;
      return { from: nothing, to: outcome.to };
    case 'confirmed':
      events.decreases++;
      return { from: nothing, to: outcome.to };
    case 'new':
      return { from: nothing, to: outcome.to };
    case 'baseline':
      events.baselines++;
      return undefined;
    case 'fell':
      events.falls++;
      return undefined;
    case 'unclear':
      events.unclear++;
      return undefined;
    case 'watched':
      return undefined;
  }
}

function combineValue(
  output: CombinedOutput,
  contribution: Contribution,
  { mode }: DataPoint,
  value: number,
  { outputs, events }: ApplyContext,
): void {
  contribution.value = value;
  addMember(output, contribution);
  if (mode !== undefined && mode !== output.mode) {
    // During a rolling deploy two versions may differ: the push is taken all the same, and the first mode stays.
    if (output.members.length === 1) output.mode = mode;
    else events.aggregateConflicts++;
  }
  outputs.changed(output);
}

/**
 * A histogram is one unit: all of its buckets come from the same process. The sum falls only where observations are
 * below zero.
 */
function foldHistogram(
  output: HistogramOutput,
  contribution: Contribution,
  { at, edges }: DataPoint,
  numbers: Float64Array,
  pushing: PushingProcess,
  events: PushEvents,
): void {
  const same = contribution.stream !== undefined && sameNumbers(contribution.stream.reading.edges, edges);
  if (!same && output.bounds.length !== edges.length - 1) events.layoutConflicts++;
  const sum = at + edges.length;
  const counts = bucketsOf(numbers, at, edges.length);
  const reading = { value: numbers[sum + 1]!, counts, sum: numbers[sum]!, edges };
  const growth = growthOf(assignReading(contribution, reading, numbers[sum + 2]!, pushing), events);
  if (growth === undefined) return;
  const { from, to } = growth;
  let j = 0;
  for (let i = 0; i < edges.length; i++) {
    while (j < output.bounds.length && output.bounds[j] !== edges[i]) j++;
    output.counts[j]! += increaseOf(from.counts?.[i] ?? 0, to.counts![i]!);
  }
  addTo(output.total, increaseOf(from.sum, to.sum));
  publishHistogram(output);
}

/**
 * Count and sum are added up. Quantiles of several processes give no quantile: they are shown only while one pushes.
 */
function foldSummary(
  output: SummaryOutput,
  contribution: Contribution,
  point: DataPoint,
  numbers: Float64Array,
  pushing: PushingProcess,
  { outputs, events }: ApplyContext,
): void {
  const { at, edges } = point;
  const sum = at + edges.length;
  const reading = { value: numbers[sum + 1]!, counts: undefined, sum: numbers[sum]!, edges: noEdges };
  const growth = growthOf(assignReading(contribution, reading, numbers[sum + 2]!, pushing), events);
  if (growth !== undefined) {
    output.count += increaseOf(growth.from.value, growth.to.value);
    addTo(output.total, increaseOf(growth.from.sum, growth.to.sum));
  }
  addMember(output, contribution);
  if (output.members.length > 1 || !showsQuantiles(output, point)) {
    if (output.series.quantiles.length > 0) outputs.dropQuantiles(output);
  } else
    edges.forEach((_, i) => {
      output.series.setQuantile(i, numbers[at + i]!);
    });
  output.series.setCountAndSum(output.count, totalOf(output.total));
}

/** The quantiles of a summary are left out of a reading: they may change, and its count and sum go on. */
const noEdges: readonly number[] = [];
