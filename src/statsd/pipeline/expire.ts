import type { LinePipeline } from './line-pipeline.ts';

/** Takes the series off the page whose time to live is over, and out of everything that knows them. */
export function expire({ aggregate, sets, table, routes, expose }: LinePipeline, now: number): void {
  expose?.expire(now, routes.defaultTtl);
  const expired = aggregate.expire(now);
  if (expired === undefined) return;
  for (const slot of expired.slots) sets.forget(slot);
  table.forget(expired.has);
}
