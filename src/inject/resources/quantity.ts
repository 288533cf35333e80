/**
 * Kubernetes quantities as exact numbers, in billionths: CPU is compared down to a thousandth, memory in bytes, and
 * `0.1` must be neither more nor less than `100m`. (k8s.io/apimachinery, resource.Quantity)
 */
export type Amount = bigint;

const unit = 1_000_000_000n;

const suffixes: ReadonlyMap<string, { readonly times: bigint; readonly over: bigint }> = new Map([
  ['n', { times: 1n, over: 1_000_000_000n }],
  ['u', { times: 1n, over: 1_000_000n }],
  ['m', { times: 1n, over: 1000n }],
  ['', { times: 1n, over: 1n }],
  ...['k', 'M', 'G', 'T', 'P', 'E'].map((suffix, i) => [suffix, { times: 1000n ** BigInt(i + 1), over: 1n }] as const),
  ...['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map(
    (suffix, i) => [suffix, { times: 1024n ** BigInt(i + 1), over: 1n }] as const,
  ),
]);

/** From the largest. */
const binary = [...suffixes].filter(([suffix]) => suffix.endsWith('i')).reverse();

/** More than any machine has. Larger quantities count as this one, so that an exponent costs no memory. */
const most = 10n ** 40n;

/** Amounts by short text: clusters use a few dozen, and a stranger's pods cannot make the map grow. */
const cache = new Map<string, Amount>();
const mostCached = 512;
const longestCached = 12;

/**
 * Reads a quantity, rounded up to a billionth; `undefined` for a text that is none. A pod has some twenty of them, and
 * mostly the same ones (the defaults of our own containers): with the cache, injecting a pod takes a tenth less time.
 */
export function amountOf(text: string): Amount | undefined {
  if (text === '' || text.length > longestCached) return readAmount(text);
  const before = cache.get(text);
  if (before !== undefined) return before;
  const amount = readAmount(text);
  if (amount !== undefined && cache.size < mostCached) cache.set(text, amount);
  return amount;
}

function readAmount(text: string): Amount | undefined {
  if (text === '') return undefined;
  const [, whole, fraction = '', suffix, exponent] =
    /^\+?(\d{1,30})?(?:\.(\d{0,30}))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,30}))?$/.exec(text) ?? [];
  if (whole === undefined && fraction === '') return undefined;
  const digits = BigInt(`${whole ?? ''}${fraction}`);
  const power = Number(exponent ?? 0) - fraction.length;
  if (digits === 0n) return 0n;
  if (power > 40) return most;
  if (power < -60) return 1n;
  const { times, over } = suffixes.get(suffix ?? '')!;
  const above = digits * times * unit * (power > 0 ? 10n ** BigInt(power) : 1n);
  const amount = divideUp(above, over * (power < 0 ? 10n ** BigInt(-power) : 1n));
  return amount > most ? most : amount;
}

/**
 * The quantity of an amount: memory in whole bytes, CPU in whole thousandths, both rounded up, in the largest unit that
 * is exact.
 */
export function quantityOf(amount: Amount, resource: 'cpu' | 'memory'): string {
  if (resource === 'cpu') {
    const milli = divideUp(amount, unit / 1000n);
    return milli % 1000n === 0n ? String(milli / 1000n) : `${milli}m`;
  }
  const bytes = divideUp(amount, unit);
  for (const [suffix, { times }] of binary) {
    if (bytes > 0n && bytes % times === 0n) return `${bytes / times}${suffix}`;
  }
  return String(bytes);
}

/** The smallest step of a resource: a thousandth of a CPU, a byte. */
export function stepOf(resource: 'cpu' | 'memory'): Amount {
  return resource === 'cpu' ? unit / 1000n : unit;
}

/** `amount` divided by a ratio, rounded up to the resource's step, so that the ratio still holds. */
export function divideByRatio(amount: Amount, ratio: Amount, resource: 'cpu' | 'memory'): Amount {
  const step = stepOf(resource);
  return divideUp(divideUp(amount * unit, ratio), step) * step;
}

/** `amount` times a ratio, rounded down to the resource's step. */
export function multiplyByRatio(amount: Amount, ratio: Amount, resource: 'cpu' | 'memory'): Amount {
  const step = stepOf(resource);
  return ((amount * ratio) / unit / step) * step;
}

function divideUp(above: bigint, below: bigint): bigint {
  return (above + below - 1n) / below;
}
