/** The resolution of the native buckets of a series. */
export interface NativeOptions {
  /** Each power of two is divided into 2^schema buckets; -4 to 8. */
  readonly schema: number;
  /** Buckets are made twice as wide when there would be more; 0: no limit. */
  readonly maxBuckets: number;
}

const finest = 8;
const coarsest = -4;
/** Observations this near to zero are in the zero bucket: client_golang's default, a bound in every schema. */
export const zeroThreshold = 2 ** -128;
/** More than the absolute value of any key, so that the sign of a code is the sign of the values of its bucket. */
const offset = 2 ** 20;

/**
 * The schema whose buckets grow by `factor` or less: the finest for a factor too small for any (client_golang's
 * pickSchema).
 */
export function schemaOf(factor: number): number {
  for (let schema = coarsest; schema < finest; schema++) if (2 ** (2 ** -schema) <= factor) return schema;
  return finest;
}

/** The buckets between 0.5 and 1 of a schema above 0. */
interface Octave {
  /** The lower bound of each, and 1 at the end. */
  readonly bounds: Float64Array;
  /**
   * By the first bits of a fraction: the index of the first bound that is not below any fraction with these bits. At
   * most one more bound lies among those fractions.
   */
  readonly first: Uint16Array;
}

const octaves: Octave[] = [];
const view = new DataView(new ArrayBuffer(8));
const exponentBits = 0x7ff00000;
const mantissaBits = 20;
const half = 0x3fe00000;

function octaveOf(schema: number): Octave {
  const existing = octaves[schema];
  if (existing !== undefined) return existing;
  const size = 2 ** schema;
  const bounds = Float64Array.from({ length: size + 1 }, (_, i) => 2 ** (i / size - 1));
  const first = Uint16Array.from({ length: size * 2 }, (_, i) =>
    bounds.findIndex((bound) => bound >= 0.5 + i / size / 4),
  );
  octaves[schema] = { bounds, first };
  return octaves[schema];
}

/**
 * The bucket of a value: the smallest k with value <= 2^(k * 2^-schema). Infinity has a bucket of its own, one above
 * that of the greatest number, as in client_golang. The bounds of client_golang are up to four units in the last index
 * away from the exact powers; those here are exact.
 *
 * @param value above 2^-1022
 */
export function bucketKey(value: number, schema: number): number {
  if (value === Infinity) return bucketKey(Number.MAX_VALUE, schema) + 1;
  // As with frexp: value = fraction * 2^exponent, 0.5 <= fraction < 1.
  view.setFloat64(0, value);
  const high = view.getInt32(0);
  const exponent = (high >>> mantissaBits) - 1022;
  view.setInt32(0, (high & ~exponentBits) | half);
  const fraction = view.getFloat64(0);
  if (schema <= 0) {
    const key = fraction === 0.5 ? exponent - 1 : exponent;
    return (key + (1 << -schema) - 1) >> -schema;
  }
  const { bounds, first } = octaveOf(schema);
  const index = first[(high & ~exponentBits) >>> (mantissaBits - schema - 1)]!;
  const key = (exponent - 1) * (bounds.length - 1) + index;
  return fraction > bounds[index]! ? key + 1 : key;
}

/** The key of the bucket that holds bucket `key` when all are twice as wide. */
function widened(key: number): number {
  return (key + 1) >> 1;
}

/** A bucket with observations. */
export type NativeBucket = readonly [key: number, count: number];

/**
 * The native (sparse, exponential) buckets of one series, as client_golang has them with the options of
 * statsd_exporter: the zero bucket is fixed, and nothing is reset. A bucket takes 16 bytes.
 */
export class NativeBuckets {
  /** The observations in the zero bucket. */
  zero = 0;
  /** Buckets with observations, without the zero bucket. */
  size = 0;
  /** The options with the present schema. The series of a rule share them until their buckets are made wider. */
  #options: NativeOptions;
  /**
   * Code and count of each bucket, ascending, and room for more; the code is the key plus offset, with the sign of the
   * values. It is one plain array: an empty typed array takes some 200 bytes.
   */
  #buckets: number[] = [];
  /** Empty buckets between the first bucket and the bucket of the last observation. */
  #gaps = 0;

  constructor(options: NativeOptions) {
    this.#options = options;
  }

  /** Goes down when buckets are made wider. */
  get schema(): number {
    return this.#options.schema;
  }

  /** Counts a value that stands for `weight` observations. NaN belongs to no bucket. */
  observe(value: number, weight: number): void {
    if (!(weight > 0)) return;
    const size = value < 0 ? -value : value;
    if (!(size > zeroThreshold)) {
      if (size <= zeroThreshold) this.zero += weight;
      return;
    }
    const { schema, maxBuckets } = this.#options;
    const key = bucketKey(size, schema) + offset;
    const code = value < 0 ? -key : key;
    const buckets = this.#buckets;
    const index = this.#find(code);
    if (index < this.size && buckets[index * 2] === code) {
      buckets[index * 2 + 1]! += weight;
      return;
    }
    this.#insert(index * 2, code, weight);
    // client_golang widens once for each observation while there are too many, so it takes several observations.
    while (maxBuckets > 0 && this.size > maxBuckets && this.schema > coarsest) this.#widen();
  }

  /** The buckets of the positive values, or of the negative ones; by key, ascending from zero. */
  side(sign: 1 | -1): readonly NativeBucket[] {
    const ofSign: NativeBucket[] = [];
    for (let i = 0; i < this.size * 2; i += 2) {
      const key = this.#buckets[i]! * sign;
      if (key > 0) ofSign.push([key - offset, this.#buckets[i + 1]!]);
    }
    return sign === 1 ? ofSign : ofSign.reverse();
  }

  /** The index of a bucket, or the index to insert it at. */
  #find(code: number): number {
    const buckets = this.#buckets;
    let to = this.size;
    if (to === 0) return 0;
    // Most observations fall where buckets have no gaps between them: there indexes differ as much as codes.
    const distance = code - buckets[0]!;
    const guess = distance - this.#gaps;
    if (guess >= 0 && guess < to && buckets[guess * 2] === code) return guess;
    let from = 0;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (buckets[middle * 2]! < code) from = middle + 1;
      else to = middle;
    }
    this.#gaps = distance - from;
    return from;
  }

  #insert(at: number, code: number, weight: number): void {
    const end = this.size * 2;
    if (end === this.#buckets.length) {
      const grown = new Array<number>((this.size + (this.size >> 1) + 1) * 2).fill(0);
      for (let i = 0; i < end; i++) grown[i] = this.#buckets[i]!;
      this.#buckets = grown;
    }
    const buckets = this.#buckets;
    for (let i = end - 1; i >= at; i--) buckets[i + 2] = buckets[i]!;
    buckets[at] = code;
    buckets[at + 1] = weight;
    this.size++;
  }

  /** Makes all buckets twice as wide. They stay in order: a greater key is never the smaller one afterwards. */
  #widen(): void {
    const { schema, maxBuckets } = this.#options;
    this.#options = { schema: schema - 1, maxBuckets };
    const buckets = this.#buckets;
    let end = 0;
    for (let i = 0; i < this.size * 2; i += 2) {
      const before = buckets[i]!;
      const code = before < 0 ? -(widened(-before - offset) + offset) : widened(before - offset) + offset;
      const count = buckets[i + 1]!;
      if (end > 0 && buckets[end - 2] === code) {
        buckets[end - 1]! += count;
        continue;
      }
      buckets[end++] = code;
      buckets[end++] = count;
    }
    this.size = end / 2;
  }
}
