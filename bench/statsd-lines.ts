// The lines that bench/statsd-load.ts sends, and the mapping files that fit them.

/** What lines look like: without a mapping, or as the rules of one of the two mappings have them. */
export type Shape = 'mixed' | 'globs' | 'regexes';

/** As many globs as the largest mapping file that the reference figures were measured with. */
const globs = 103;
const regexes = 50;

/** The same lines every time; of `series` series a quarter each: counters, tagged counters, gauges, tagged timers. */
export function linesOf(shape: Shape, series: number): readonly string[] {
  let seed = 42;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return Math.floor((seed / 2_147_483_647) * below);
  };
  const line = shape === 'mixed' ? mixed : shape === 'globs' ? forGlobs : forRegexes;
  return Array.from({ length: Math.max(20_000, series * 8) }, (_, i) => line(i % 4, random(series / 4), random(1000)));
}

function mixed(kind: number, one: number, value: number): string {
  if (kind === 0) return `shop.checkout.requests.${one}:${value % 10}|c`;
  if (kind === 1) return `shop.cart.items:${value % 10}|c|#env:production,region:eu-west-1,route:r${one}`;
  if (kind === 2) return `shop.queue.length.${one}:${value}|g`;
  return `shop.db.query:${value}|ms|#env:production,table:t${one}`;
}

function forGlobs(kind: number, one: number, value: number): string {
  const rule = 4 * (one % Math.floor(globs / 4)) + kind;
  if (kind === 0) return `shop.service${rule}.requests.r${one}.GET:${value % 10}|c`;
  if (kind === 1) return `shop.service${rule}.items.cart${one}:${value % 10}|c|#env:production,region:eu-west-1`;
  if (kind === 2) return `shop.service${rule}.queue.q${one}.length:${value}|g`;
  return `shop.service${rule}.query.t${one}:${value}|ms|#env:production`;
}

function forRegexes(kind: number, one: number, value: number): string {
  const name = `shop-${one % regexes}.unit_${one}.${['calls', 'items', 'length', 'time'][kind]}`;
  return `${name}:${value}|${['c', 'c|#env:production', 'g', 'ms'][kind]}`;
}

/** The mapping file; undefined: the lines need none. */
export function mappingOf(shape: string): string | undefined {
  if (shape === 'globs') return `mappings:\n${Array.from({ length: globs }, (_, rule) => glob(rule)).join('')}`;
  if (shape === 'regexes') return `mappings:\n${Array.from({ length: regexes }, (_, rule) => regex(rule)).join('')}`;
  return undefined;
}

function glob(rule: number): string {
  const service = `service${rule}`;
  const [match, name, labels, more] = [
    [`requests.*.*`, 'shop_requests_total', { route: '$1', method: '$2' }, ''],
    [`items.*`, 'shop_items_total', { cart: '$1' }, ''],
    [`queue.*.length`, 'shop_queue_length', { queue: '$1' }, ''],
    [`query.*`, 'shop_query_seconds', { table: '$1' }, `  observer_type: histogram\n`],
  ][rule % 4] as [string, string, Record<string, string>, string];
  return entry(`shop.${service}.${match}`, name, { service, ...labels }, more);
}

function regex(rule: number): string {
  const match = `^shop-${rule}\\.unit_(\\d+)\\.(calls|items|length|time)$`;
  return entry(match, `shop_$2`, { shop: `${rule}`, unit: '$1' }, '  match_type: regex\n');
}

function entry(match: string, name: string, labels: Readonly<Record<string, string>>, more: string): string {
  const rows = Object.entries(labels).map(([label, value]) => `    ${label}: '${value}'\n`);
  return `- match: '${match}'\n  name: '${name}'\n${more}  labels:\n${rows.join('')}`;
}
