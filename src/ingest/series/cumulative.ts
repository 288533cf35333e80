/** A sum of many increases, exact for whole numbers to 2^53 and nearly so for others (Neumaier's compensated sum). */
export interface Total {
  sum: number;
  carry: number;
}

export function addTo(total: Total, increase: number): void {
  const next = total.sum + increase;
  // Once the sum is infinite or NaN it stays so, and the compensation would only be NaN.
  if (!Number.isFinite(next)) total.carry = 0;
  else if (Math.abs(total.sum) >= Math.abs(increase)) total.carry += total.sum - next + increase;
  else total.carry += increase - next + total.sum;
  total.sum = next;
}

export function totalOf({ sum, carry }: Total): number {
  return sum + carry;
}

/**
 * The amount that a cumulative number adds to the total. Equality is checked first: a sum may be infinite or NaN, and
 * adds nothing when it is pushed again.
 */
export function increaseOf(last: number, value: number): number {
  return Object.is(last, value) ? 0 : value - last;
}

/** Cumulative counts of buckets as counts of each bucket alone. */
export function bucketsOf(numbers: Float64Array, at: number, length: number): Float64Array {
  const counts = numbers.slice(at, at + length);
  for (let i = length - 1; i > 0; i--) counts[i]! -= counts[i - 1]!;
  return counts;
}

/**
 * The bounds of both, each once, in order; `a` itself where it has all of `b`. The time is linear, since the sender
 * chooses their number.
 */
export function unionOf(a: readonly number[], b: readonly number[]): readonly number[] {
  const union: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const x = a[i] ?? Number.POSITIVE_INFINITY;
    const y = b[j] ?? Number.POSITIVE_INFINITY;
    union.push(Math.min(x, y));
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return union.length === a.length ? a : union;
}

export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((value, i) => value === b[i]));
}
