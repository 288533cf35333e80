import type { Refusal, Refused } from '../../exposition/metric/family.ts';
import type { Family, MetricStore, Series } from '../../exposition/metric/metric-store.ts';
import type { ProblemCode, Problems } from '../payload/payload-problem.ts';
import type { Point } from '../payload/push-plan.ts';
import { combine, defaultMode } from '../series/combine-values.ts';
import { sameNumbers, unionOf } from '../series/cumulative.ts';
import type { CombinedOutput, HistogramOutput, Output, PushedType, SummaryOutput } from '../series/exported-series.ts';

interface KnownFamily {
  readonly type: PushedType;
  readonly help: string;
  series: number;
}

/** The exported series of this runtime, in the store that all runtimes share. */
export interface Outputs {
  readonly families: ReadonlyMap<string, KnownFamily>;
  readonly series: ReadonlyMap<string, Output>;
  /** The output of each point, made in the store where it is new. Where one is refused, nothing stays changed. */
  claim(points: readonly Point[], problems: Problems): readonly Output[];
  /** A value of a client changed: what they make together is worked out when the page is asked for. */
  changed(output: CombinedOutput): void;
  /** Brings what changed onto the page. */
  publish(): void;
  /** Takes a series from the page. */
  drop(output: Output): void;
  /** Leaves the quantiles of a summary away from here on. */
  dropQuantiles(output: SummaryOutput): void;
  clear(): void;
}

/** Who writes the families that are pushed. */
const owner = 'ingest';

/** After so many refusals the rest of a payload is not looked at. */
const mostRefusals = 20;

export function createOutputs(store: MetricStore): Outputs {
  const families = new Map<string, KnownFamily>();
  const series = new Map<string, Output>();
  const changed = new Set<CombinedOutput>();

  const drop = (output: Output): void => {
    output.store.remove(output.series);
    series.delete(output.identity.key);
    if (output.kind === 'combine') changed.delete(output);
    const family = families.get(output.identity.family)!;
    if (--family.series === 0) families.delete(output.identity.family);
  };

  const make = (point: Point): Output | Refused => {
    const { key, name, labels, type, help } = point.identity;
    const family = store.family({ name, type: type === 'untyped' ? 'unknown' : type, help, owner });
    if (!family.ok) return family;
    const made = family.value.series(labels, layoutOf(point));
    if (!made.ok) return made;
    const output = emptyOutput(point, family.value, made.value);
    series.set(key, output);
    const known = families.get(point.identity.family);
    if (known === undefined) families.set(point.identity.family, { type, help, series: 1 });
    else known.series++;
    return output;
  };

  return {
    families,
    series,
    claim(points, problems) {
      const found: Output[] = [];
      const undo: (() => void)[] = [];
      for (const point of points) {
        // A payload may hold more series than there is room for by far.
        if (problems.count >= mostRefusals) break;
        const existing = series.get(point.identity.key);
        const claimed = existing === undefined ? make(point) : extend(existing, point, undo);
        if ('ok' in claimed) refuse(point, claimed, problems);
        else {
          if (existing === undefined) undo.push(() => drop(claimed));
          found.push(claimed);
        }
      }
      if (problems.count > 0) for (const step of undo.reverse()) step();
      return found;
    },
    changed: (output) => void changed.add(output),
    publish() {
      for (const { series: combined, mode, members } of changed) combined.set(combine(mode, members));
      changed.clear();
    },
    drop,
    dropQuantiles(output) {
      relay(output, { quantiles: [] });
    },
    clear() {
      for (const output of series.values()) drop(output);
    },
  };
}

function emptyOutput(point: Point, store: Family, series: Series): Output {
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

function layoutOf({ identity: { kind }, edges }: Point): { bounds?: readonly number[]; quantiles?: readonly number[] } {
  if (kind === 'histogram') return { bounds: edges.slice(0, -1) };
  return kind === 'summary' ? { quantiles: edges } : {};
}

/** Makes room in a series that is there already for what a point brings: bounds that it had not. */
function extend(output: Output, point: Point, undo: (() => void)[]): Output | Refused {
  const { kind, type } = output.identity;
  if (kind !== point.identity.kind || type !== point.identity.type) {
    const detail = `the series is pushed already, as ${type} and by another rule of aggregation`;
    return { ok: false, reason: 'type_conflict', detail };
  }
  if (output.kind !== 'histogram') return output;
  const bounds = unionOf(output.bounds, point.edges.slice(0, -1));
  if (bounds === output.bounds) return output;
  const before = { bounds: output.bounds, counts: output.counts };
  const refused = relay(output, { bounds });
  if (refused !== undefined) return refused;
  widen(output, bounds);
  undo.push(() => {
    relay(output, before);
    Object.assign(output, before);
    publishHistogram(output);
  });
  return output;
}

/** The counts of fewer bounds among more: what lay below a bound stays below that bound, the lower estimate for the others. */
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

/** Puts the series into the store anew, since the lines of a series are fixed there. Refused: it is as it was. */
function relay(
  output: HistogramOutput | SummaryOutput,
  layout: { bounds?: readonly number[]; quantiles?: readonly number[] },
): Refused | undefined {
  const { bounds, quantiles, created } = output.series;
  const values = output.series.read();
  output.store.remove(output.series);
  const made = output.store.series(output.identity.labels, { ...layout, created });
  if (made.ok) {
    output.series = made.value;
    return undefined;
  }
  const again = output.store.series(output.identity.labels, { bounds, quantiles, created });
  if (!again.ok) throw new Error(`a series that was on the page cannot be put back: ${again.detail}`);
  output.series = again.value;
  if (output.kind === 'histogram') again.value.setBuckets(values.slice(0, -1), values.at(-1)!);
  else again.value.setCountAndSum(values[0]!, values[1]!);
  return made;
}

export function publishHistogram({ series, counts, total }: HistogramOutput): void {
  series.setBuckets(counts, total.sum + total.carry);
}

/** Whether the page can show the quantiles of this point: the series has the same. */
export function showsQuantiles(output: SummaryOutput, point: Point): boolean {
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

function refuse(point: Point, { reason, detail }: Refused, problems: Problems): void {
  const code = limits.has(reason) ? 'limit_exceeded' : (codes[reason] ?? 'series_conflict');
  problems.add(point, [], code, `${point.identity.name}: ${detail}`);
}
