/** Below this many values, insertion costs less than partition. */
const few = 24;

/**
 * Sorts the first `size` values, none of which may be NaN. The built-in sort calls a function for each comparison: that
 * was half of the cost of an observation of a summary.
 */
export function sortAscending(values: Float64Array, size: number): void {
  // Senders choose the values: those that partition badly go to the built-in sort, which is never slower than n log n.
  divide(values, 0, size - 1, 2 * (32 - Math.clz32(size)));
}

function divide(values: Float64Array, first: number, last: number, depth: number): void {
  let low = first;
  while (last - low >= few) {
    if (depth-- === 0) {
      values.subarray(low, last + 1).sort();
      return;
    }
    const pivot = middle(values[low]!, values[(low + last) >> 1]!, values[last]!);
    let left = low;
    let right = last;
    while (left <= right) {
      while (values[left]! < pivot) left++;
      while (values[right]! > pivot) right--;
      if (left > right) break;
      const value = values[left]!;
      values[left++] = values[right]!;
      values[right--] = value;
    }
    divide(values, low, right, depth);
    low = left;
  }
  for (let at = low + 1; at <= last; at++) {
    const value = values[at]!;
    let to = at;
    for (; to > low && values[to - 1]! > value; to--) values[to] = values[to - 1]!;
    values[to] = value;
  }
}

function middle(a: number, b: number, c: number): number {
  return a < b ? (b < c ? b : Math.max(a, c)) : a < c ? a : Math.max(b, c);
}
