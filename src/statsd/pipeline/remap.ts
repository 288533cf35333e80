import type { Mapping } from '../mapping/mapping.ts';
import type { LinePipeline } from './line-pipeline.ts';

/**
 * Puts another mapping to use. The line table is emptied, so every line is read again, and the counts of the rules
 * restart at 0. Series stay, with the times to live that the new mapping says for the lines that made them.
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
