/** Below this a linear scan beats a binary search: latencies fall into the first buckets. */
const linear = 16;

/**
 * The bucket of a value: the first whose upper bound is not below it (bounds are inclusive), `bounds.length` for
 * `+Inf`. NaN belongs to `+Inf`, as in client_golang.
 */
export function bucketOf(bounds: readonly number[], value: number): number {
  const size = bounds.length;
  if (Number.isNaN(value)) return size;
  if (size <= linear) {
    let i = 0;
    while (i < size && value > bounds[i]!) i++;
    return i;
  }
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value > bounds[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}
