/** How the native buckets of a series are made. */
export interface NativeOptions {
  /** Each power of two is divided into 2^schema buckets; -4 to 8. */
  readonly schema: number;
  /** Buckets are made twice as wide when there would be more; 0: no limit. */
  readonly maxBuckets: number;
}

const FINEST = 8;
const COARSEST = -4;
/** Observations this near to zero are in the zero bucket: client_golang's default, a bound in every schema. */
export const ZERO_THRESHOLD = 2 ** -128;
/** Above the key of any bucket, so that the sign of a code is the sign of the values of its bucket. */
const OFFSET = 2 ** 20;

/** The schema whose buckets grow by `factor` or less: the finest for a factor too small for any (client_golang's pickSchema). */
export function schemaOf(factor: number): number {
  for (let schema = COARSEST; schema < FINEST; schema++) if (2 ** (2 ** -schema) <= factor) return schema;
  return FINEST;
}

/** The buckets between 0.5 and 1 of a schema above 0. */
interface Octave {
  /** The lower bound of each, and 1 at the end. */
  readonly bounds: Float64Array;
  /** By the first bits of a fraction: the first bound that is not below any fraction with these bits. Among them is one more at most. */
  readonly first: Uint16Array;
}

const octaves: Octave[] = [];
const view = new DataView(new ArrayBuffer(8));
const EXPONENT_BITS = 0x7ff00000;
const MANTISSA_BITS = 20;
const HALF = 0x3fe00000;

function octaveOf(schema: number): Octave {
  const known = octaves[schema];
  if (known !== undefined) return known;
  const size = 2 ** schema;
  const bounds = Float64Array.from({ length: size + 1 }, (_, i) => 2 ** (i / size - 1));
  const first = Uint16Array.from({ length: size * 2 }, (_, i) =>
    bounds.findIndex((bound) => bound >= 0.5 + i / size / 4),
  );
  octaves[schema] = { bounds, first };
  return octaves[schema];
}

/**
 * The bucket of a value: the smallest k with value <= 2^(k * 2^-schema). Infinity is in a bucket of its own, one above that of the greatest
 * number, as in client_golang; its bounds are up to four units in the last place away from the powers that they stand for, and
 * these are not.
 *
 * @param value above 2^-1022
 */
export function bucketKey(value: number, schema: number): number {
  if (value === Infinity) return bucketKey(Number.MAX_VALUE, schema) + 1;
  // As frexp has it: value = fraction * 2^exponent, 0.5 <= fraction < 1.
  view.setFloat64(0, value);
  const high = view.getInt32(0);
  const exponent = (high >>> MANTISSA_BITS) - 1022;
  view.setInt32(0, (high & ~EXPONENT_BITS) | HALF);
  const fraction = view.getFloat64(0);
  if (schema <= 0) {
    const key = fraction === 0.5 ? exponent - 1 : exponent;
    return (key + (1 << -schema) - 1) >> -schema;
  }
  const { bounds, first } = octaveOf(schema);
  const index = first[(high & ~EXPONENT_BITS) >>> (MANTISSA_BITS - schema - 1)]!;
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
 * The native (sparse, exponential) buckets of one series: what client_golang keeps with the options that statsd_exporter gives it, which
 * has a fixed zero bucket and never forgets. 16 bytes a bucket.
 */
export class NativeBuckets {
  /** What was observed in the zero bucket. */
  zero = 0;
  /** Buckets with observations, without the zero bucket. */
  size = 0;
  /** With the schema as it is now. The series of a rule share it until their buckets are made wider. */
  #options: NativeOptions;
  /**
   * Code and count of each bucket, ascending, and room for more; the code is the key above OFFSET, with the sign of the values. One plain
   * array: typed arrays take some 200 bytes each before they hold anything.
   */
  #buckets: number[] = [];
  /** Empty buckets between the first bucket and the one that was found last. */
  #gaps = 0;

  constructor(options: NativeOptions) {
    this.#options = options;
  }

  /** Goes down when buckets are made wider. */
  get schema(): number {
    return this.#options.schema;
  }

  /** Takes in a value that stands for `weight` observations. NaN belongs to no bucket. */
  observe(value: number, weight: number): void {
    if (!(weight > 0)) return;
    const size = value < 0 ? -value : value;
    if (!(size > ZERO_THRESHOLD)) {
      if (size <= ZERO_THRESHOLD) this.zero += weight;
      return;
    }
    const { schema, maxBuckets } = this.#options;
    const key = bucketKey(size, schema) + OFFSET;
    const code = value < 0 ? -key : key;
    const buckets = this.#buckets;
    const place = this.#find(code);
    if (place < this.size && buckets[place * 2] === code) {
      buckets[place * 2 + 1]! += weight;
      return;
    }
    this.#insert(place * 2, code, weight);
    // client_golang widens once for each observation while there are too many: it gets there with the next ones.
    while (maxBuckets > 0 && this.size > maxBuckets && this.schema > COARSEST) this.#widen();
  }

  /** Those of the positive values, or of the negative ones; ascending by key, which is away from zero. */
  side(sign: 1 | -1): readonly NativeBucket[] {
    const found: NativeBucket[] = [];
    for (let i = 0; i < this.size * 2; i += 2) {
      const key = this.#buckets[i]! * sign;
      if (key > 0) found.push([key - OFFSET, this.#buckets[i + 1]!]);
    }
    return sign === 1 ? found : found.reverse();
  }

  /** The place of a bucket, or where it belongs. */
  #find(code: number): number {
    const buckets = this.#buckets;
    let to = this.size;
    if (to === 0) return 0;
    // Most observations fall where the buckets have no gaps between them: then places are as far apart as codes.
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

  /** Makes all buckets twice as wide. They stay in order: of two keys the greater one is not the smaller one afterwards. */
  #widen(): void {
    const { schema, maxBuckets } = this.#options;
    this.#options = { schema: schema - 1, maxBuckets };
    const buckets = this.#buckets;
    let end = 0;
    for (let i = 0; i < this.size * 2; i += 2) {
      const before = buckets[i]!;
      const code = before < 0 ? -(widened(-before - OFFSET) + OFFSET) : widened(before - OFFSET) + OFFSET;
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
