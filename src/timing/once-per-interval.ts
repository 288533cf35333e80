/**
 * Returns a function that says whether an interval has passed for a key: true at the first call, then once in
 * `milliseconds`. Where the clock was set back it is true too, so that nothing is silenced for longer than the
 * interval. The keys have to be few, for each is remembered.
 */
export function oncePerInterval<Key>(now: () => number, milliseconds: number): (key: Key) => boolean {
  const nextTimes = new Map<Key, number>();
  return (key) => {
    const time = now();
    const next = nextTimes.get(key) ?? Number.NEGATIVE_INFINITY;
    if (time < next && next - time <= milliseconds) return false;
    nextTimes.set(key, time + milliseconds);
    return true;
  };
}
