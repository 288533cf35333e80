import type { Mapping } from '../mapping/mapping.ts';
import type { LinePipeline } from './line-pipeline.ts';

/**
 * Goes by another mapping from now on. Every line is read anew, and what the rules do is counted from 0; series stay, with the times to live that the mapping gives to the
 * lines that made them.
 */
export function remap(
  { routes, table, full, fullPage, aggregate, uses }: LinePipeline,
  mapping: Mapping,
  now: number,
): void {
  routes.use(mapping);
  table.clear();
  full.clear();
  fullPage.clear();
  uses.reset(mapping.rules.length, now);
  aggregate.remap((kind, rawName) => routes.ttl(kind, rawName), now);
}
