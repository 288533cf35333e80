import type { EventReason, StatsdCounters } from '../counts/statsd-counters.ts';
import { count } from '../counts/statsd-counters.ts';
import type { UseCounts } from '../counts/use-counts.ts';
import type { MetricKind, Sample } from '../line/sample.ts';
import type { ConflictReason } from '../series/conflict.ts';
import type { FullFamily } from '../series/full-family.ts';
import { Op } from '../series/op.ts';
import type { Resolution, SeriesAggregate, SeriesRefusal } from '../series/series-aggregate.ts';
import type { SeriesRoute } from '../series/series-route.ts';
import type { Sets } from '../series/sets.ts';
import { type KnownRefusal, Value } from '../table/known-refusal.ts';
import type { LineEntry } from '../table/line-entry.ts';
import type { Route, Routes } from './name-routes.ts';

/** The parts of the pipeline that a sample needs. */
export interface SampleContext {
  readonly routes: Routes;
  readonly aggregate: SeriesAggregate;
  readonly counters: StatsdCounters;
  readonly uses: UseCounts;
  readonly sets: Sets;
  /** The most characters of a metric name. */
  readonly nameLimit: number;
}

/** The reasons why a well-formed sample is refused. */
export type RefusalReason = EventReason | ConflictReason;

/** The refusal of a sample, without the counts of the rest of its line. */
export type SampleRefusal = Omit<KnownRefusal, 'tagErrors' | 'tagged' | 'sectionsIgnored'>;

/** Within these bounds, a scale or factor cannot make a number of few digits infinite or change its sign. */
const [leastFactor, mostFactor] = [1e-100, 1e100];

/** Processes the samples of one line, and counts them. */
export class SampleProcessor {
  /** The entry of a line like the last accepted sample. */
  entry: LineEntry | undefined;
  /** The refusal of the last refused sample; undefined: another value might be accepted. */
  refusal: SampleRefusal | undefined;
  /** The kind of the sample, where the page had no room for its name, nor for any other: no mapping is in use. */
  namelessKind: MetricKind | undefined;
  /** Set where every other label set would be refused too. */
  full: FullFamily | undefined;
  /** The rule of the last sample. */
  rule: number | undefined;
  readonly #context: SampleContext;
  readonly #name: string;
  // One look-up for all samples of a kind, and one for all samples of a kind and unit that share their labels: one
  // packet may have thousands of samples and thousands of labels, and the kinds may alternate.
  readonly #routes: { readonly kind: MetricKind; readonly route: Route }[] = [];
  readonly #resolutions: { readonly suffix: Sample['suffix']; readonly to: Resolution }[] = [];

  /** @param name of the line, as the sender wrote it. */
  constructor(context: SampleContext, name: string) {
    this.#context = context;
    this.#name = name;
  }

  /** @returns the reason of a refusal; undefined: the sample was accepted, or a rule dropped it. */
  process(sample: Sample): RefusalReason | undefined {
    const { counters, uses, nameLimit } = this.#context;
    this.refusal = undefined;
    this.full = undefined;
    this.namelessKind = undefined;
    if (this.#name.length > nameLimit) {
      this.refusal = eventRefusal('name_limit', sample.suffix.set ? Value.member : Value.number, false, undefined);
      return this.#refuse('name_limit');
    }
    const route = this.#route(sample.suffix.kind);
    this.rule = route.rule;
    if (route.rule === undefined) uses.miss(this.#name, 1);
    else uses.hit(route.rule, 1);
    if (route.kind === 'dropped') return this.#drop(sample, route.rule);
    if (route.kind === 'nameless') {
      if (route.rule === undefined) counters.unmappedRefused++;
      const beside = route.rule === undefined ? 'unmappedRefused' : undefined;
      this.refusal = eventRefusal('empty_metric_name', sample.suffix.set ? Value.member : Value.number, true, beside);
      return this.#refuse('empty_metric_name');
    }
    const problem = valueProblem(sample, route.scale);
    const reason = problem === undefined ? this.#add(sample, route) : this.#refuse(problem);
    if (reason === undefined) return undefined;
    // statsd_exporter counts the action of a rule, or that no rule matched, whatever becomes of the value.
    counters[besideOf(route)]++;
    if (problem === 'illegal_negative_counter' && isPlain(sample, route)) {
      this.refusal = eventRefusal(problem, Value.negative, true, besideOf(route));
    }
    return reason;
  }

  #route(kind: MetricKind): Route {
    const cached = this.#routes.find((one) => one.kind === kind);
    if (cached !== undefined) return cached.route;
    const route = this.#context.routes.find(kind, this.#name);
    this.#routes.push({ kind, route });
    return route;
  }

  #drop({ suffix }: Sample, rule: number): undefined {
    this.#context.counters.samplesByOp[Op.dropped]!++;
    this.entry = { op: Op.dropped | (suffix.labels.length > 0 ? Op.tagged : 0), at: 0, factor: 1, rule };
    return undefined;
  }

  #add({ value, member, relative, suffix }: Sample, route: SeriesRoute): RefusalReason | undefined {
    const { aggregate, sets, counters } = this.#context;
    const to = this.#resolve(suffix, route);
    if (!to.ok) return this.#unresolved(suffix, route, to);
    if (!aggregate.apply(to.op, to.at, value, suffix.factor, relative || member !== undefined)) {
      return this.#refuse('non_finite_value');
    }
    if (member !== undefined) sets.add(to.at, member, aggregate.now);
    counters.samplesByOp[to.op & Op.counted]!++;
    this.entry = { op: to.op, at: to.at, factor: suffix.factor, rule: route.rule };
    return undefined;
  }

  #resolve(suffix: Sample['suffix'], route: SeriesRoute): Resolution {
    const at = this.#resolutions.findIndex((one) => isSameType(one.suffix, suffix));
    const cached = this.#resolutions[at];
    if (cached !== undefined && cached.suffix.labels === suffix.labels) {
      const { to } = cached;
      // The page is not asked again but counts the refusal of each sample.
      if (!to.ok) this.#context.aggregate.store.countRefusal(to.reason);
      if (!to.ok) this.#context.aggregate.store.countRefusedName(to.pageName, to.reason, 1);
      return to;
    }
    // A set's cardinality must not be scaled.
    const scaled = suffix.set ? { ...route, scale: 1 } : route;
    const to = this.#context.aggregate.resolve({ rawName: this.#name, suffix, route: scaled });
    this.#resolutions[at === -1 ? this.#resolutions.length : at] = { suffix, to };
    return to;
  }

  #unresolved(suffix: Sample['suffix'], route: SeriesRoute, to: SeriesRefusal): RefusalReason {
    const { counters, aggregate, routes } = this.#context;
    const { reason, pageName, lines, isFirst } = to;
    const conflict = isConflict(reason) ? counters.conflict(suffix.kind, to.name, reason) : undefined;
    if (!isConflict(reason)) this.#refuse(reason);
    const { freed, names, revision } = aggregate.store;
    // The buckets of a series may depend on those of others, and a new value of a label on all series since.
    const isUnsure = (suffix.kind === 'observer' && routes.mapping !== undefined) || reason === 'label_values_limit';
    if (isPlain({ suffix }, route)) {
      const name = route.rule === undefined && pageName === to.name ? undefined : pageName;
      if (reason === 'family_limit' && routes.mapping === undefined) this.namelessKind = suffix.kind;
      if (!isUnsure) this.full = to.full;
      this.refusal = {
        ...eventRefusal(reason, valuesLike(suffix), true, besideOf(route)),
        counts: conflict === undefined ? 'eventErrors' : 'conflictReasons',
        conflict,
        page: {
          reason,
          name,
          freed,
          names: isFirst ? names : undefined,
          revision: isUnsure ? revision : undefined,
          lines,
        },
      };
    }
    return reason;
  }

  #refuse(reason: EventReason): EventReason {
    count(this.#context.counters.eventErrors, reason);
    return reason;
  }
}

function isSameType(a: Sample['suffix'], b: Sample['suffix']): boolean {
  return a.kind === b.kind && a.milliseconds === b.milliseconds && a.set === b.set;
}

function isConflict(reason: RefusalReason): reason is ConflictReason {
  return reason.endsWith('_conflict');
}

function besideOf({ rule }: SeriesRoute): 'mappedRefused' | 'unmappedRefused' {
  return rule === undefined ? 'unmappedRefused' : 'mappedRefused';
}

/** A refusal that counts as an error of an event, without a part of the page. */
function eventRefusal(
  reason: RefusalReason,
  values: number,
  routed: boolean,
  beside: SampleRefusal['beside'],
): SampleRefusal {
  return { values, counts: 'eventErrors', reason, conflict: undefined, routed, beside, page: undefined };
}

/** The values that are refused alike: for a counter those that are not negative. */
function valuesLike({ kind, set }: Sample['suffix']): number {
  return set ? Value.member : kind === 'counter' ? Value.positive : Value.number;
}

/** Whether factor and scale keep a plain number finite, and its sign. */
function isPlain({ suffix }: Pick<Sample, 'suffix'>, { scale }: SeriesRoute): boolean {
  if (suffix.kind === 'gauge') return true;
  const isWithin = (number: number) => number >= leastFactor && number <= mostFactor;
  return isWithin(suffix.factor) && isWithin(scale);
}

/** The reason why the value would spoil the series; undefined: it would not. */
function valueProblem({ value, suffix }: Sample, scale: number): EventReason | undefined {
  const { kind, factor, milliseconds } = suffix;
  if (kind === 'gauge') return undefined;
  if (kind === 'counter') {
    const increment = (value / factor) * scale;
    if (increment < 0) return 'illegal_negative_counter';
    return Number.isFinite(increment) ? undefined : 'non_finite_value';
  }
  return Number.isFinite((milliseconds ? value / 1000 : value) * scale * factor) ? undefined : 'non_finite_value';
}
