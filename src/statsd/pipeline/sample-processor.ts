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
import type { LineEntry } from '../table/entry.ts';
import { type KnownRefusal, Value } from '../table/known-refusal.ts';
import type { Route, Routes } from './routes.ts';

/** What samples are taken with. */
export interface SampleContext {
  readonly routes: Routes;
  readonly aggregate: SeriesAggregate;
  readonly counters: StatsdCounters;
  readonly uses: UseCounts;
  readonly sets: Sets;
  /** Characters of a metric name at most. */
  readonly nameLimit: number;
}

/** Why a well-formed sample was not taken. */
export type RefusalReason = EventReason | ConflictReason;

/** Why a sample was refused, without what the rest of its line counts. */
export type SampleRefusal = Omit<KnownRefusal, 'tagErrors' | 'tagged' | 'sectionsIgnored'>;

/** Within these bounds a scale or factor makes nothing infinite, and nothing negative, of a number of few digits. */
const [LEAST_FACTOR, MOST_FACTOR] = [1e-100, 1e100];

/** Takes the samples of one line, and counts what becomes of each. */
export class SampleProcessor {
  /** What a line like the last sample that was taken stands for. */
  entry: LineEntry | undefined;
  /** Why the last sample that was refused was so; undefined: another value might be taken. */
  refusal: SampleRefusal | undefined;
  /** Of what kind it was, where the page had no room for its name, whatever that is: no mapping is in use. */
  namelessKind: MetricKind | undefined;
  /** Where any other labels would be refused too. */
  full: FullFamily | undefined;
  /** The rule that decided on the last sample. */
  rule: number | undefined;
  readonly #with: SampleContext;
  readonly #name: string;
  // One look-up for all samples of a kind, and one for all of a kind and unit that share their labels: there may be thousands in one
  // packet, and thousands of labels, and the kinds may take turns.
  readonly #routed: { readonly kind: MetricKind; readonly route: Route }[] = [];
  readonly #resolved: { readonly suffix: Sample['suffix']; readonly to: Resolution }[] = [];

  /** @param name of the line, as it was sent. */
  constructor(taking: SampleContext, name: string) {
    this.#with = taking;
    this.#name = name;
  }

  /** @returns why it was refused; undefined where it was taken, or dropped because a rule says so. */
  process(sample: Sample): RefusalReason | undefined {
    const { counters, uses, nameLimit } = this.#with;
    this.refusal = undefined;
    this.full = undefined;
    this.namelessKind = undefined;
    if (this.#name.length > nameLimit) {
      this.refusal = known('name_limit', sample.suffix.set ? Value.member : Value.number, false, undefined);
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
      this.refusal = known('empty_metric_name', sample.suffix.set ? Value.member : Value.number, true, beside);
      return this.#refuse('empty_metric_name');
    }
    const problem = valueProblem(sample, route.scale);
    const refused = problem === undefined ? this.#add(sample, route) : this.#refuse(problem);
    if (refused === undefined) return undefined;
    // statsd_exporter counts what a rule does, or that there is none, whatever comes of the value.
    counters[besideOf(route)]++;
    if (problem === 'illegal_negative_counter' && isPlain(sample, route)) {
      this.refusal = known(problem, Value.negative, true, besideOf(route));
    }
    return refused;
  }

  #route(kind: MetricKind): Route {
    const known = this.#routed.find((one) => one.kind === kind);
    if (known !== undefined) return known.route;
    const route = this.#with.routes.find(kind, this.#name);
    this.#routed.push({ kind, route });
    return route;
  }

  #drop({ suffix }: Sample, rule: number): undefined {
    this.#with.counters.samplesByOp[Op.dropped]!++;
    this.entry = { op: Op.dropped | (suffix.labels.length > 0 ? Op.tagged : 0), at: 0, factor: 1, rule };
    return undefined;
  }

  #add({ value, member, relative, suffix }: Sample, route: SeriesRoute): RefusalReason | undefined {
    const { aggregate, sets, counters } = this.#with;
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
    const at = this.#resolved.findIndex((one) => isSameType(one.suffix, suffix));
    const known = this.#resolved[at];
    if (known !== undefined && known.suffix.labels === suffix.labels) {
      const { to } = known;
      // The page is not asked, and counts all the same: each sample is one that it refused.
      if (!to.ok) this.#with.aggregate.store.recount(to.reason);
      if (!to.ok) this.#with.aggregate.store.recountName(to.pageName, to.reason, 1);
      return to;
    }
    // How many values there were is not in the unit of the values.
    const scaled = suffix.set ? { ...route, scale: 1 } : route;
    const to = this.#with.aggregate.resolve({ rawName: this.#name, suffix, route: scaled });
    this.#resolved[at === -1 ? this.#resolved.length : at] = { suffix, to };
    return to;
  }

  #unresolved(suffix: Sample['suffix'], route: SeriesRoute, to: SeriesRefusal): RefusalReason {
    const { counters, aggregate, routes } = this.#with;
    const { reason, pageName, lines, isFirst } = to;
    const conflict = isConflict(reason) ? counters.conflict(suffix.kind, to.name, reason) : undefined;
    if (!isConflict(reason)) this.#refuse(reason);
    const { freed, names, revision } = aggregate.store;
    // Which buckets a series gets may depend on those that others have, and one more value of a label on what came
    // since.
    const isUnsure = (suffix.kind === 'observer' && routes.mapping !== undefined) || reason === 'label_values_limit';
    if (isPlain({ suffix }, route)) {
      const name = route.rule === undefined && pageName === to.name ? undefined : pageName;
      if (reason === 'family_limit' && routes.mapping === undefined) this.namelessKind = suffix.kind;
      if (!isUnsure) this.full = to.full;
      this.refusal = {
        ...known(reason, valuesLike(suffix), true, besideOf(route)),
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
    count(this.#with.counters.eventErrors, reason);
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

/** A refusal that counts as an error of an event, and that has nothing to do with the page. */
function known(reason: RefusalReason, values: number, routed: boolean, beside: SampleRefusal['beside']): SampleRefusal {
  return { values, counts: 'eventErrors', reason, conflict: undefined, routed, beside, page: undefined };
}

/** The values that the same comes of: of a counter those that are not negative. */
function valuesLike({ kind, set }: Sample['suffix']): number {
  return set ? Value.member : kind === 'counter' ? Value.positive : Value.number;
}

/** Whether a plain number is not too large, and has its own sign, after factor and scale. */
function isPlain({ suffix }: Pick<Sample, 'suffix'>, { scale }: SeriesRoute): boolean {
  if (suffix.kind === 'gauge') return true;
  const isWithin = (number: number) => number >= LEAST_FACTOR && number <= MOST_FACTOR;
  return isWithin(suffix.factor) && isWithin(scale);
}

/** Why the value would do harm, undefined where it would not. */
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
