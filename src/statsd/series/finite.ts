/**
 * Whether a gauge may move by a value. Finite numbers must not add up to infinity, since no later move would bring the
 * gauge back. A gauge at infinity, or a move by infinity, is what the sender meant.
 *
 * @param rawValue the number of the line that `by` was computed from.
 */
export function isMove(before: number, by: number, rawValue = by): boolean {
  return Number.isFinite(before + by) || !Number.isFinite(before) || !Number.isFinite(rawValue);
}
