import type { Refusal, Refused } from '../../exposition/metric/family.ts';
import type { Family, MetricStore, Series } from '../../exposition/metric/metric-store.ts';
import type { ProblemCode, Problems } from '../payload/payload-problem.ts';
import type { DataPoint } from '../payload/push-plan.ts';
import { combine, defaultMode } from '../series/combine-values.ts';
import { sameNumbers, unionOf } from '../series/cumulative.ts';
import type { CombinedOutput, HistogramOutput, Output, PushedType, SummaryOutput } from '../series/exported-series.ts';

/** A family of pushes that has series on the page. */
interface ExportedFamily {
  readonly type: PushedType;
  readonly help: string;
  series: number;
}

/** The exported series of this runtime, in the store that all runtimes share. */
export interface Outputs {
  readonly families: ReadonlyMap<string, ExportedFamily>;
  readonly series: ReadonlyMap<string, Output>;
  /** Finds the output of each point, or makes it in the store. Where one is refused, nothing stays changed. */
  claim(points: readonly DataPoint[], problems: Problems): readonly Output[];
  /** A value of a client changed: the combined value is computed when the page is asked for. */
  changed(output: CombinedOutput): void;
  /** Writes the combined values that changed to the page. */
  publish(): void;
  /** Takes a series from the page. */
  drop(output: Output): void;
  /** Removes the quantiles of a summary for good. */
  dropQuantiles(output: SummaryOutput): void;
  clear(): void;
}

/** The owner of pushed families; see `FamilySpec.owner`. */
const owner = 'ingest';

/** After so many refusals the rest of a payload is skipped. */
const mostRefusals = 20;

export function createOutputs(store: MetricStore): Outputs {
  const families = new Map<string, ExportedFamily>();
  const series = new Map<string, Output>();
  const changed = new Set<CombinedOutput>();

  const drop = (output: Output): void => {
    output.store.remove(output.series);
    series.delete(output.identity.key);
    if (output.kind === 'combine') changed.delete(output);
    const family = families.get(output.identity.family)!;
    if (--family.series === 0) families.delete(output.identity.family);
  };

  const make = (point: DataPoint): Output | Refused => {
    const { key, name, labels, type, help } = point.identity;
    const family = store.family({ name, type: type === 'untyped' ? 'unknown' : type, help, owner });
    if (!family.ok) return family;
    const added = family.value.series(labels, layoutOf(point));
    if (!added.ok) return added;
    const output = emptyOutput(point, family.value, added.value);
    series.set(key, output);
    const exported = families.get(point.identity.family);
    if (exported === undefined) families.set(point.identity.family, { type, help, series: 1 });
    else exported.series++;
    return output;
  };

  return {
    families,
    series,
    claim(points, problems) {
      const claimed: Output[] = [];
      const undo: (() => void)[] = [];
      for (const point of points) {
        // A payload may hold far more series than there is room for.
        if (problems.count >= mostRefusals) break;
        const existing = series.get(point.identity.key);
        const output = existing === undefined ? make(point) : extend(existing, point, undo);
        if ('ok' in output) refuse(point, output, problems);
        else {
          if (existing === undefined) undo.push(() => drop(output));
          claimed.push(output);
        }
      }
      if (problems.count > 0) for (const step of undo.reverse()) step();
      return claimed;
    },
    changed: (output) => void changed.add(output),
    publish() {
      for (const { series: combined, mode, members } of changed) combined.set(combine(mode, members));
      changed.clear();
    },
    drop,
    dropQuantiles(output) {
      replaceSeries(output, { quantiles: [] });
    },
    clear() {
      for (const output of series.values()) drop(output);
    },
  };
}

function emptyOutput(point: DataPoint, store: Family, series: Series): Output {
  const { identity } = point;
  const { kind, name, type } = identity;
  const exported = { identity, store, series };
  const total = { sum: 0, carry: 0 };
  switch (kind) {
    case 'count':
      return { ...exported, kind, total };
    case 'histogram': {
      const bounds = point.edges.slice(0, -1);
      return { ...exported, kind, bounds, counts: new Array<number>(bounds.length + 1).fill(0), total };
    }
    case 'summary':
      return { ...exported, kind, count: 0, total, members: [] };
    case 'combine': {
      const mode = point.mode ?? defaultMode(name, type as 'gauge' | 'untyped' | 'info' | 'stateset');
      return { ...exported, kind, mode, members: [] };
    }
  }
}

function layoutOf({ identity: { kind }, edges }: DataPoint): {
  bounds?: readonly number[];
  quantiles?: readonly number[];
} {
  if (kind === 'histogram') return { bounds: edges.slice(0, -1) };
  return kind === 'summary' ? { quantiles: edges } : {};
}

/** Adds the bounds of a point to a series that exists without them. */
function extend(output: Output, point: DataPoint, undo: (() => void)[]): Output | Refused {
  const { kind, type } = output.identity;
  if (kind !== point.identity.kind || type !== point.identity.type) {
    const detail = `the series is pushed already, as ${type} and by another rule of aggregation`;
    return { ok: false, reason: 'type_conflict', detail };
  }
  if (output.kind !== 'histogram') return output;
  const bounds = unionOf(output.bounds, point.edges.slice(0, -1));
  if (bounds === output.bounds) return output;
  const before = { bounds: output.bounds, counts: output.counts };
  const refused = replaceSeries(output, { bounds });
  if (refused !== undefined) return refused;
  widen(output, bounds);
  undo.push(() => {
    replaceSeries(output, before);
    Object.assign(output, before);
    publishHistogram(output);
  });
  return output;
}

/**
 * Spreads the counts of few bounds over more: a count stays in its bucket, so counts of new bounds are lower estimates.
 */
function widen(output: HistogramOutput, bounds: readonly number[]): void {
  const at = new Map(bounds.map((bound, i) => [bound, i]));
  const counts = new Array<number>(bounds.length + 1).fill(0);
  output.counts.forEach((count, i) => {
    const bound = output.bounds[i];
    counts[bound === undefined ? bounds.length : at.get(bound)!] = count;
  });
  output.bounds = bounds;
  output.counts = counts;
  publishHistogram(output);
}

/** Makes the series again with other bounds, since the store fixes its lines. Where it is refused, it is as it was. */
function replaceSeries(
  output: HistogramOutput | SummaryOutput,
  layout: { bounds?: readonly number[]; quantiles?: readonly number[] },
): Refused | undefined {
  const { bounds, quantiles, created } = output.series;
  const values = output.series.read();
  output.store.remove(output.series);
  const replacement = output.store.series(output.identity.labels, { ...layout, created });
  if (replacement.ok) {
    output.series = replacement.value;
    return undefined;
  }
  const again = output.store.series(output.identity.labels, { bounds, quantiles, created });
  if (!again.ok) throw new Error(`a series that was on the page cannot be put back: ${again.detail}`);
  output.series = again.value;
  if (output.kind === 'histogram') again.value.setBuckets(values.slice(0, -1), values.at(-1)!);
  else again.value.setCountAndSum(values[0]!, values[1]!);
  return replacement;
}

export function publishHistogram({ series, counts, total }: HistogramOutput): void {
  series.setBuckets(counts, total.sum + total.carry);
}

/** Whether the page can show the quantiles of this point: the series has the same ones. */
export function showsQuantiles(output: SummaryOutput, point: DataPoint): boolean {
  return sameNumbers(output.series.quantiles, point.edges);
}

const limits: ReadonlySet<Refusal> = new Set([
  'family_limit',
  'series_limit',
  'bytes_limit',
  'series_per_family_limit',
  'label_values_limit',
]);

const codes: Readonly<Partial<Record<Refusal, ProblemCode>>> = {
  type_conflict: 'type_conflict',
  bad_name: 'bad_name',
  bad_label_name: 'bad_label_name',
  reserved_label: 'bad_label_name',
  label_limit: 'bad_label_name',
  label_value_limit: 'bad_label_value',
  bad_bounds: 'bad_histogram',
  bad_quantiles: 'bad_summary',
};

function refuse(point: DataPoint, { reason, detail }: Refused, problems: Problems): void {
  const code = limits.has(reason) ? 'limit_exceeded' : (codes[reason] ?? 'series_conflict');
  problems.add(point, [], code, `${point.identity.name}: ${detail}`);
}
