/**
 * Whether a gauge may be moved by a value: finite numbers must not become an infinite one, which no later move would
 * bring back. A gauge that was set to infinity, or that is sent infinity, was meant so.
 *
 * @param sent what `by` was made from.
 */
export function isMove(before: number, by: number, sent = by): boolean {
  return Number.isFinite(before + by) || !Number.isFinite(before) || !Number.isFinite(sent);
}
