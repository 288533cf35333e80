import type { MetricType, Outcome } from './family.ts';
import { refuse } from './family.ts';
import { formatBound } from './sample-number.ts';

/**
 * The common layout of series of one type, bounds and quantiles: the order of their numbers, the ends of their lines.
 */
export interface LineSet {
  readonly bounds: readonly number[];
  readonly quantiles: readonly number[];
  /** Slots of a series. */
  readonly width: number;
  /** Sample lines of a series in the text page. */
  readonly lines: number;
  /** `,le="0.5"} ` of each bucket, or `,quantile="0.5"} `, after a label block. */
  readonly tails: readonly Uint8Array[];
  /** The same where there is no label block. */
  readonly bareTails: readonly Uint8Array[];
}

const none: readonly number[] = [];
const scalar: LineSet = { bounds: none, quantiles: none, width: 1, lines: 1, tails: [], bareTails: [] };

function tails(label: string, values: readonly number[], opening: string): readonly Uint8Array[] {
  return values.map((value) => Buffer.from(`${opening}${label}="${formatBound(value)}"} `));
}

function isIncreasing(values: readonly number[]): boolean {
  return values.every((value, i) => Number.isFinite(value) && (i === 0 || value > values[i - 1]!));
}

/** The line set of a type, or the refusal of its bounds or quantiles. */
export function lineSet(type: MetricType, bounds: readonly number[], quantiles: readonly number[]): Outcome<LineSet> {
  if (type === 'histogram') {
    if (!isIncreasing(bounds)) return refuse('bad_bounds', 'bounds must be finite and strictly increasing');
    const all = [...bounds, Infinity];
    return {
      ok: true,
      value: {
        bounds: [...bounds],
        quantiles: none,
        width: bounds.length + 2,
        lines: bounds.length + 3,
        tails: tails('le', all, ','),
        bareTails: tails('le', all, '{'),
      },
    };
  }
  if (type === 'summary') {
    if (!isIncreasing(quantiles) || quantiles.some((quantile) => quantile < 0 || quantile > 1)) {
      return refuse('bad_quantiles', 'quantiles must lie in 0..1 and be strictly increasing');
    }
    return {
      ok: true,
      value: {
        bounds: none,
        quantiles: [...quantiles],
        width: quantiles.length + 2,
        lines: quantiles.length + 2,
        tails: tails('quantile', quantiles, ','),
        bareTails: tails('quantile', quantiles, '{'),
      },
    };
  }
  return { ok: true, value: scalar };
}

/** Line sets by bounds: most families share theirs. Their number is limited, since bounds may come from outside. */
export type LineSets = Map<string, LineSet>;
const lineSets = 64;

/** `lineSet`, from `shared` where it is there. */
export function sharedLineSet(
  shared: LineSets,
  type: MetricType,
  bounds: readonly number[],
  quantiles: readonly number[],
): Outcome<LineSet> {
  if (type !== 'histogram' && type !== 'summary') return { ok: true, value: scalar };
  const key = type === 'histogram' ? `le ${bounds.join()}` : `quantile ${quantiles.join()}`;
  const existing = shared.get(key);
  if (existing !== undefined) return { ok: true, value: existing };
  const created = lineSet(type, bounds, quantiles);
  if (created.ok && shared.size < lineSets) shared.set(key, created.value);
  return created;
}
