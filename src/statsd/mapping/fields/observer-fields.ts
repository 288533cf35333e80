import type { Objective } from '../../series/objective.ts';
import { objectivesFor } from '../../series/objective.ts';
import type { Located, Place } from '../findings.ts';
import { type Context, readCount, readDuration, readList, readMap, readNumber, readWord } from './fields.ts';
import type { MapEntry, Value } from './mapping-document.ts';

/** The options of observers in a rule or in `defaults`. */
export interface ObserverFields {
  type?: Located<'summary' | 'histogram'>;
  /** Set where the key is present, even if it is empty. */
  summary?: SummaryFields;
  histogram?: HistogramFields;
  /** The keys of old files, outside of the options. */
  quantiles?: Located<readonly Objective[]>;
  buckets?: Located<readonly number[]>;
}

export interface SummaryFields {
  readonly place: Place;
  quantiles?: Located<readonly Objective[]>;
  /** Milliseconds. */
  maxAge?: number;
  ageBuckets?: number;
}

export interface HistogramFields {
  readonly place: Place;
  buckets?: Located<readonly number[]>;
  nativeFactor?: number;
  nativeMaxBuckets?: number;
}

type Readers = Readonly<Record<string, (value: Value, entry: MapEntry) => void>>;

const observerTypes = ['summary', 'histogram'] as const;
const mostAgeBuckets = 1000;
/** The most quantiles or buckets. Each is a line of the page for every series; real files have about ten. */
const mostBounds = 1000;

/** The readers of the keys that rules and defaults share; each sets a field of `into`. */
export function observerReaders(into: ObserverFields, context: Context): Readers {
  let oldType: Located<'summary' | 'histogram'> | undefined;
  return {
    observer_type: (value) => {
      const type = readWord(value, 'observer_type', observerTypes, 'summary', context);
      if (type !== undefined) into.type = type;
    },
    timer_type: (value, { keyPlace }) => {
      deprecated('timer_type', 'observer_type', keyPlace, context);
      oldType = readWord(value, 'timer_type', observerTypes, 'summary', context);
      if (oldType !== undefined) into.type ??= oldType;
    },
    quantiles: (value, { keyPlace }) => {
      deprecated('quantiles', 'summary_options.quantiles', keyPlace, context);
      into.quantiles = { place: keyPlace, value: readQuantiles(value, context) };
    },
    buckets: (value, { keyPlace }) => {
      deprecated('buckets', 'histogram_options.buckets', keyPlace, context);
      into.buckets = { place: keyPlace, value: readBuckets(value, context) };
    },
    summary_options: (value, { keyPlace }) => {
      into.summary = readSummary(value, keyPlace, context);
    },
    histogram_options: (value, { keyPlace }) => {
      into.histogram = readHistogram(value, keyPlace, context);
    },
  };
}

function deprecated(key: string, instead: string, place: Place, { findings }: Context): void {
  findings.warning(place, 'deprecated_key', `${key} is the name of old versions: write ${instead}`);
}

function readSummary(value: Value, place: Place, context: Context): SummaryFields {
  const fields: SummaryFields = { place };
  const { findings } = context;
  readMap(
    value,
    'summary_options',
    {
      quantiles: (list, entry) => {
        fields.quantiles = { place: entry.keyPlace, value: readQuantiles(list, context) };
      },
      max_age: (field) => {
        const age = readDuration(field, 'max_age', context);
        if (age === undefined) return;
        if (age.value !== 0 && age.value < 1) findings.error(age.place, 'max_age', 'max_age has to be 1ms or more');
        else fields.maxAge = age.value;
      },
      age_buckets: (field) => {
        const count = readCount(field, 'age_buckets', context);
        if (count === undefined) return;
        if (count.value <= mostAgeBuckets) fields.ageBuckets = count.value;
        else findings.error(count.place, 'age_buckets', `age_buckets has to be ${mostAgeBuckets} or less`);
      },
      // Buffers grow with their content here, so the number has no effect.
      buf_cap: (field) => void readCount(field, 'buf_cap', context),
    },
    context,
  );
  return fields;
}

function readHistogram(value: Value, place: Place, context: Context): HistogramFields {
  const fields: HistogramFields = { place };
  readMap(
    value,
    'histogram_options',
    {
      buckets: (list, entry) => {
        fields.buckets = { place: entry.keyPlace, value: readBuckets(list, context) };
      },
      native_histogram_bucket_factor: (field) => {
        const factor = readNumber(field, 'native_histogram_bucket_factor', context);
        if (factor !== undefined) fields.nativeFactor = factor.value;
      },
      native_histogram_max_buckets: (field) => {
        const most = readCount(field, 'native_histogram_max_buckets', context);
        if (most !== undefined) fields.nativeMaxBuckets = most.value;
      },
    },
    context,
  );
  return fields;
}

/**
 * Buckets in ascending order, without the last `+Inf`, which every histogram has; client_golang panics at the first
 * event otherwise.
 */
function readBuckets(value: Value, context: Context): readonly number[] {
  const items = (readList(value, 'buckets', context, { most: mostBounds, code: 'buckets' }) ?? []).flatMap((item) => {
    const bound = readNumber(item, 'a bucket', context);
    return bound === undefined ? [] : [bound];
  });
  const bounds = items.at(-1)?.value === Number.POSITIVE_INFINITY ? items.slice(0, -1) : items;
  const badBound = bounds.find(
    ({ value: bound }, i) => !Number.isFinite(bound) || (i > 0 && !(bound > bounds[i - 1]!.value)),
  );
  if (badBound !== undefined) {
    const message = 'buckets have to be finite numbers, each greater than the one before';
    context.findings.error(badBound.place, 'buckets', message);
  }
  return bounds.map((bound) => bound.value);
}

/** Quantiles in ascending order; of a repeated quantile the last one counts. */
function readQuantiles(value: Value, context: Context): readonly Objective[] {
  const objectives = new Map<number, Objective>();
  for (const item of readList(value, 'quantiles', context, { most: mostBounds, code: 'quantile' }) ?? []) {
    const objective = readObjective(item, context);
    if (objective !== undefined) objectives.set(objective.quantile, objective);
  }
  return [...objectives.values()].sort((a, b) => a.quantile - b.quantile);
}

function readObjective(item: Value, context: Context): Objective | undefined {
  const { findings } = context;
  let quantile: Located<number> = { value: 0, place: item.place };
  let error: Located<number> = { value: 0, place: item.place };
  readMap(
    item,
    'an entry of quantiles',
    {
      quantile: (value) => {
        quantile = readNumber(value, 'quantile', context) ?? quantile;
      },
      error: (value) => {
        error = readNumber(value, 'error', context) ?? error;
      },
    },
    context,
  );
  if (!(quantile.value >= 0 && quantile.value <= 1)) {
    findings.error(quantile.place, 'quantile', 'a quantile has to be between 0 and 1');
    return undefined;
  }
  if (error.value > 0) return { quantile: quantile.value, error: error.value };
  const objective = objectivesFor([quantile.value])[0]!;
  const message = `without an error above 0 every observation would have to be kept: ${objective.error} is taken`;
  findings.warning(error.place, 'quantile_error', message);
  return objective;
}
