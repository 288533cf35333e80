/**
 * Says of each key whether it may be spoken of again: the first time at once, then once in `milliseconds`. A clock that
 * was set back silences nothing. The keys have to be few, for each is remembered.
 */
export function createPauses<Key>(now: () => number, milliseconds: number): (key: Key) => boolean {
  const silentUntil = new Map<Key, number>();
  return (key) => {
    const time = now();
    const until = silentUntil.get(key) ?? Number.NEGATIVE_INFINITY;
    if (time < until && until - time <= milliseconds) return false;
    silentUntil.set(key, time + milliseconds);
    return true;
  };
}
