import type { CombinedOutput, Contribution, HistogramOutput, Output, SummaryOutput } from './exported-series.ts';
import type { Facts } from './facts.ts';
import { addTo, bucketsOf, increaseOf, type Step, sameNumbers, totalOf } from './fold.ts';
import { type Outputs, publishHistogram, showsQuantiles } from './outputs.ts';
import { isWorthKeeping, type Plan, type Point, widthOf } from './plan.ts';
import { publishCombined, type Source, type Sources } from './sources.ts';

/** What applying needs to know beside the plan. */
export interface Applying {
  readonly sources: Sources;
  readonly outputs: Outputs;
  /** The outputs of a new plan's points, in their order. */
  readonly claimed: readonly Output[];
  /** When this process started, in seconds. */
  readonly startedAt: number;
  /** When the client's process started, where a header says it, in seconds. */
  readonly start: number | undefined;
  readonly now: number;
  readonly order: number;
  readonly facts: Facts;
}

/**
 * How much earlier than us a process may have started and still count from nothing, in seconds: in a pod the application's
 * container may come up well before the sidecar's.
 */
const startSkew = 60;
/** Start times that differ by less are the same, in seconds: some clients compute them from a clock that is being adjusted. */
const startTolerance = 2;
/** More resets than this within a minute, and two processes push under one name. */
const resetsPerMinute = 3;

/** Applies a plan whose numbers are valid. It cannot fail, and nobody can look at the store before it is through. */
export function applyPlan(plan: Plan, applying: Applying): void {
  const { sources, facts, now } = applying;
  const touched = new Map<string, Source>();
  for (const [id, startAt] of plan.sources) {
    const { source, known } = sources.touch(id, now, facts);
    const said = applying.start ?? (startAt === -1 ? Number.NaN : plan.numbers[startAt]!);
    beginPush(source, known, said, applying);
    touched.set(id, source);
  }
  const resets = facts.restarts + facts.decreases;
  plan.points.forEach((point, i) => {
    const source = touched.get(point.source)!;
    point.contribution ??= contributionOf(point, source, applying.claimed[i]!, applying);
    applyPoint(point, point.contribution, source, plan.numbers, applying);
  });
  for (const source of touched.values()) source.baseline = false;
  facts.samples += plan.slots.length;
  const only = touched.size === 1 ? touched.values().next().value! : undefined;
  if (only === undefined) return;
  only.plan = isWorthKeeping(plan) ? plan : undefined;
  if (facts.restarts + facts.decreases > resets) noteReset(only, now, facts);
}

function beginPush(source: Source, known: boolean, start: number, { startedAt }: Applying): void {
  // NaN (unknown) differs from nothing.
  if (known && Math.abs(start - source.start) > startTolerance) source.incarnation++;
  source.baseline = !known && start < startedAt - startSkew;
  if (!Number.isNaN(start)) source.start = start;
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
  const contribution = newContribution(output, source.incarnation, widthOf(point));
  sources.keep(source, key, contribution);
  return contribution;
}

function applyPoint(
  point: Point,
  contribution: Contribution,
  source: Source,
  numbers: Float64Array,
  applying: Applying,
): void {
  const known = contribution.order !== -1;
  contribution.at = applying.now;
  contribution.order = applying.order;
  const { output } = contribution;
  switch (output.kind) {
    case 'combine':
      combineValue(output, contribution, point, numbers[point.at]!, applying.facts);
      break;
    case 'count': {
      const value = numbers[point.at]!;
      const fell = value < contribution.value;
      const step = stepOf(source, contribution, known, fell, numbers[point.at + 1]!, applying);
      addTo(output.total, increaseOf(step, contribution.value, value));
      contribution.value = value;
      output.series.set(totalOf(output.total));
      break;
    }
    case 'histogram':
      foldHistogram(output, contribution, point, numbers, { source, known, applying });
      break;
    case 'summary':
      foldSummary(output, contribution, point, numbers, { source, known, applying });
  }
  contribution.incarnation = source.incarnation;
}

function newContribution(output: Output, incarnation: number, width: number): Contribution {
  return {
    output,
    width,
    value: 0,
    counts: undefined,
    sum: 0,
    edges: [],
    created: Number.NaN,
    at: 0,
    order: -1,
    incarnation,
  };
}

function stepOf(
  source: Source,
  contribution: Contribution,
  known: boolean,
  fell: boolean,
  created: number,
  { startedAt, facts }: Applying,
): Step {
  const before = contribution.created;
  contribution.created = created;
  if (!known) {
    // A series may be younger than its process: then all of it is new.
    if (!source.baseline || created >= startedAt - startSkew) return 'first';
    facts.baselines++;
    return 'baseline';
  }
  if (contribution.incarnation !== source.incarnation || Math.abs(created - before) > 0) {
    facts.restarts++;
    return 'restart';
  }
  if (!fell) return 'continue';
  facts.decreases++;
  return 'decrease';
}

function combineValue(
  output: CombinedOutput,
  contribution: Contribution,
  { mode }: Point,
  value: number,
  facts: Facts,
): void {
  contribution.value = value;
  if (!output.members.includes(contribution)) output.members.push(contribution);
  if (mode !== undefined && mode !== output.mode) {
    // During a rolling deploy two versions may differ: the push is good all the same, the first mode stays.
    if (output.members.length === 1) output.mode = mode;
    else facts.aggregateConflicts++;
  }
  publishCombined(output);
}

interface Folding {
  readonly source: Source;
  readonly known: boolean;
  readonly applying: Applying;
}

/** A histogram is one unit: where a bucket fell or the bounds are others, all of it began anew. The sum may fall by itself. */
function foldHistogram(
  output: HistogramOutput,
  contribution: Contribution,
  { at, edges }: Point,
  numbers: Float64Array,
  { source, known, applying }: Folding,
): void {
  const counts = bucketsOf(numbers, at, edges.length);
  const last = contribution.counts;
  const same = last !== undefined && sameNumbers(contribution.edges, edges);
  const fell = known && !(same && counts.every((count, i) => count >= last[i]!));
  const step = stepOf(source, contribution, known, fell, numbers[at + edges.length + 2]!, applying);
  if (!same && output.bounds.length !== edges.length - 1) applying.facts.layoutConflicts++;
  let j = 0;
  for (let i = 0; i < edges.length; i++) {
    while (j < output.bounds.length && output.bounds[j] !== edges[i]) j++;
    output.counts[j]! += increaseOf(step, same ? last[i]! : 0, counts[i]!);
  }
  const sum = numbers[at + edges.length]!;
  addTo(output.total, increaseOf(step, contribution.sum, sum));
  contribution.counts = counts;
  contribution.sum = sum;
  contribution.edges = edges;
  publishHistogram(output);
}

/** Count and sum are folded. The quantiles of several processes make no quantile: they are shown only while one pushes. */
function foldSummary(
  output: SummaryOutput,
  contribution: Contribution,
  point: Point,
  numbers: Float64Array,
  { source, known, applying }: Folding,
): void {
  const { at, edges } = point;
  const sum = numbers[at + edges.length]!;
  const count = numbers[at + edges.length + 1]!;
  const step = stepOf(
    source,
    contribution,
    known,
    count < contribution.value,
    numbers[at + edges.length + 2]!,
    applying,
  );
  output.count += increaseOf(step, contribution.value, count);
  addTo(output.total, increaseOf(step, contribution.sum, sum));
  contribution.value = count;
  contribution.sum = sum;
  if (!output.members.includes(contribution)) output.members.push(contribution);
  if (output.members.length > 1 || !showsQuantiles(output, point)) {
    if (output.series.quantiles.length > 0) applying.outputs.dropQuantiles(output);
  } else
    edges.forEach((_, i) => {
      output.series.setQuantile(i, numbers[at + i]!);
    });
  output.series.setCountAndSum(output.count, totalOf(output.total));
}
