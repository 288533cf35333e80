import { isWorthKeeping, type Plan, type Point, widthOf } from '../payload/push-plan.ts';
import { addTo, bucketsOf, increaseOf, sameNumbers, totalOf } from '../series/cumulative.ts';
import type {
  CombinedOutput,
  Contribution,
  HistogramOutput,
  Output,
  SummaryOutput,
} from '../series/exported-series.ts';
import { join } from '../series/members.ts';
import { goOn, type Happened, type Pushing, type Reading, takeReading } from '../series/streams.ts';
import { type Outputs, publishHistogram, showsQuantiles } from './outputs.ts';
import { loseProcess, processOf } from './processes.ts';
import type { Source, Sources } from './push-clients.ts';
import type { Facts } from './push-counts.ts';

/** What applying needs to know beside the plan. */
export interface Applying {
  readonly sources: Sources;
  readonly outputs: Outputs;
  /** The outputs of a new plan's points, in their order. */
  readonly claimed: readonly Output[];
  /** What began before may have been counted by a sidecar before this one, in seconds; -Infinity: there was none. */
  readonly since: number;
  /** When the client's process started, where a header says it, in seconds. */
  readonly start: number | undefined;
  readonly now: number;
  readonly order: number;
  readonly facts: Facts;
}

/** More resets than this within a minute, and two processes push under one name. */
const resetsPerMinute = 3;

/** Applies a plan whose numbers are valid. It cannot fail, and nobody can look at the store before it is through. */
export function applyPlan(plan: Plan, applying: Applying): void {
  const { sources, facts, now } = applying;
  const touched = new Map<string, { readonly source: Source; readonly pushing: Pushing }>();
  for (const [id, startAt] of plan.sources) {
    const source = sources.touch(id, now, facts);
    const start = applying.start ?? (startAt === -1 ? Number.NaN : plan.numbers[startAt]!);
    touched.set(id, { source, pushing: pushingOf(source, start, applying) });
  }
  const resets = facts.restarts + facts.falls;
  plan.points.forEach((point, i) => {
    const { source, pushing } = touched.get(point.source)!;
    point.contribution ??= contributionOf(point, source, applying.claimed[i]!, applying);
    applyPoint(point, point.contribution, pushing, plan.numbers, applying);
  });
  facts.samples += plan.slots.length;
  const only = touched.size === 1 ? touched.values().next().value!.source : undefined;
  if (only === undefined) return;
  only.plan = isWorthKeeping(plan) ? plan : undefined;
  if (facts.restarts + facts.falls > resets) noteReset(only, now, facts);
}

/** Who pushes, as far as it is known. A name that is used with a start and without one is not told apart by starts. */
function pushingOf(source: Source, start: number, { sources, since, now, order }: Applying): Pushing {
  const isKnown = !Number.isNaN(start);
  if (isKnown) source.withStart = true;
  else source.withoutStart = true;
  const process = isKnown ? processOf(source, start, since, order) : undefined;
  const isMixed = source.withStart && source.withoutStart;
  return {
    start: isMixed ? Number.NaN : start,
    baseline: process !== undefined && (process.forgot || (process.old && process.first === order)),
    watching: (!isKnown || isMixed) && now < source.watchedUntil,
    since,
    now,
    lifetime: sources.lifetime,
    grow: (width) => sources.grow(source, width),
    shrink: (width) => sources.shrink(source, width),
    lost: (gone) => loseProcess(source, gone),
  };
}

function noteReset(source: Source, now: number, facts: Facts): void {
  if (now - source.resetsSince >= 60_000) {
    source.resets = 0;
    source.resetsSince = now;
  }
  if (++source.resets === resetsPerMinute + 1) facts.identityConflicts.push(source.id);
}

/** Where the client's values of a new plan's point are kept. */
function contributionOf(point: Point, source: Source, output: Output, { sources }: Applying): Contribution {
  point.identity = output.identity;
  const { key } = output.identity;
  const known = source.contributions.get(key);
  if (known !== undefined) return known;
  const contribution = newContribution(output, widthOf(point));
  sources.keep(source, key, contribution);
  return contribution;
}

function newContribution(output: Output, width: number): Contribution {
  return {
    ...{ output, width, value: 0, at: 0, order: -1, joined: -1, index: -1 },
    ...{ stream: undefined, held: undefined, createdSeen: undefined, signed: false },
  };
}

function applyPoint(
  point: Point,
  contribution: Contribution,
  pushing: Pushing,
  numbers: Float64Array,
  applying: Applying,
): void {
  contribution.at = applying.now;
  contribution.order = applying.order;
  const { output } = contribution;
  const { facts } = applying;
  switch (output.kind) {
    case 'combine':
      combineValue(output, contribution, point, numbers[point.at]!, applying);
      break;
    case 'count': {
      const increase = goOn(contribution, numbers[point.at]!, numbers[point.at + 1]!, pushing);
      if (increase !== undefined) {
        if (increase === 0) break;
        addTo(output.total, increase);
        output.series.set(totalOf(output.total));
        break;
      }
      const reading = { value: numbers[point.at]!, counts: undefined, sum: 0, edges: point.edges };
      const grown = grownBy(takeReading(contribution, reading, numbers[point.at + 1]!, pushing), facts);
      if (grown === undefined) break;
      addTo(output.total, increaseOf(grown.from.value, grown.to.value));
      output.series.set(totalOf(output.total));
      break;
    }
    case 'histogram':
      foldHistogram(output, contribution, point, numbers, pushing, facts);
      break;
    case 'summary':
      foldSummary(output, contribution, point, numbers, pushing, applying);
  }
}

const nothing: Reading = { value: 0, counts: undefined, sum: 0, edges: [] };

/** Counts what happened. @returns what is to be added; undefined: nothing */
function grownBy(happened: Happened, facts: Facts): { readonly from: Reading; readonly to: Reading } | undefined {
  switch (happened.kind) {
    case 'continue':
      return happened;
    case 'restart':
      facts.restarts++;
      return { from: nothing, to: happened.to };
    case 'confirmed':
      facts.decreases++;
      return { from: nothing, to: happened.to };
    case 'new':
      return { from: nothing, to: happened.to };
    case 'baseline':
      facts.baselines++;
      return undefined;
    case 'fell':
      facts.falls++;
      return undefined;
    case 'unclear':
      facts.unclear++;
      return undefined;
    case 'watched':
      return undefined;
  }
}

function combineValue(
  output: CombinedOutput,
  contribution: Contribution,
  { mode }: Point,
  value: number,
  { outputs, facts }: Applying,
): void {
  contribution.value = value;
  join(output, contribution);
  if (mode !== undefined && mode !== output.mode) {
    // During a rolling deploy two versions may differ: the push is good all the same, the first mode stays.
    if (output.members.length === 1) output.mode = mode;
    else facts.aggregateConflicts++;
  }
  outputs.changed(output);
}

/**
 * A histogram is one unit: its buckets are one process's or another's together. The sum falls only where observations
 * are below zero.
 */
function foldHistogram(
  output: HistogramOutput,
  contribution: Contribution,
  { at, edges }: Point,
  numbers: Float64Array,
  pushing: Pushing,
  facts: Facts,
): void {
  const same = contribution.stream !== undefined && sameNumbers(contribution.stream.reading.edges, edges);
  if (!same && output.bounds.length !== edges.length - 1) facts.layoutConflicts++;
  const sum = at + edges.length;
  const counts = bucketsOf(numbers, at, edges.length);
  const reading = { value: numbers[sum + 1]!, counts, sum: numbers[sum]!, edges };
  const grown = grownBy(takeReading(contribution, reading, numbers[sum + 2]!, pushing), facts);
  if (grown === undefined) return;
  const { from, to } = grown;
  let j = 0;
  for (let i = 0; i < edges.length; i++) {
    while (j < output.bounds.length && output.bounds[j] !== edges[i]) j++;
    output.counts[j]! += increaseOf(from.counts?.[i] ?? 0, to.counts![i]!);
  }
  addTo(output.total, increaseOf(from.sum, to.sum));
  publishHistogram(output);
}

/** Count and sum are folded. The quantiles of several processes make no quantile: they are shown only while one pushes. */
function foldSummary(
  output: SummaryOutput,
  contribution: Contribution,
  point: Point,
  numbers: Float64Array,
  pushing: Pushing,
  { outputs, facts }: Applying,
): void {
  const { at, edges } = point;
  const sum = at + edges.length;
  const reading = { value: numbers[sum + 1]!, counts: undefined, sum: numbers[sum]!, edges: noEdges };
  const grown = grownBy(takeReading(contribution, reading, numbers[sum + 2]!, pushing), facts);
  if (grown !== undefined) {
    output.count += increaseOf(grown.from.value, grown.to.value);
    addTo(output.total, increaseOf(grown.from.sum, grown.to.sum));
  }
  join(output, contribution);
  if (output.members.length > 1 || !showsQuantiles(output, point)) {
    if (output.series.quantiles.length > 0) outputs.dropQuantiles(output);
  } else
    edges.forEach((_, i) => {
      output.series.setQuantile(i, numbers[at + i]!);
    });
  output.series.setCountAndSum(output.count, totalOf(output.total));
}

/** A summary may drop a quantile; its count and sum go on. */
const noEdges: readonly number[] = [];
