import type { LinePipeline } from './line-pipeline.ts';

/** Removes the series whose time to live is over, from the page and from everything that refers to them. */
export function expire({ aggregate, sets, table, routes, expose }: LinePipeline, now: number): void {
  expose?.expire(now, routes.defaultTtl);
  const expired = aggregate.expire(now);
  if (expired === undefined) return;
  for (const slot of expired.slots) sets.forget(slot);
  table.forget(expired.has);
}
