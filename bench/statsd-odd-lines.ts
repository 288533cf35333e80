// Lines that no series takes as they are: refused ones, those with a mistake in them, sets and messages.

/** So many different ones are new to a table of 65,536 lines whenever they come again. */
const alwaysNew = 300_000;
const repeated = 20_000;

type Line = (i: number) => string;

/** How many lines go round, and the one at each place. */
const shapes = {
  'bare-tag': [repeated, (i) => `shop.cart.items:${i % 10}|c|#live,route:r${i % 200}`],
  'tag-error': [repeated, (i) => `shop.cart.items:${i % 10}|c|#env:,:x,,route:r${i % 200}`],
  // The first of each name says what it is.
  conflict: [repeated, (i) => `shop.queue.length.${i % 200}:${i % 1000}|${i < 200 ? 'c' : 'g'}`],
  'conflict-new': [alwaysNew, (i) => `shop.queue.length:${i % 1000}|${i === 0 ? 'c' : 'g'}|#id:${i}`],
  'two-samples': [repeated, (i) => `shop.cart.items.${i % 200}:${i % 10}|c:${i % 7}|c`],
  'family-limit': [repeated, (i) => `shop.requests.${i}:1|c`],
  'family-limit-new': [alwaysNew, (i) => `shop.requests.${i}:1|c`],
  'series-limit': [repeated, (i) => `shop.requests:1|c|#route:r${i % 20},path:/orders/${i}`],
  'series-limit-new': [alwaysNew, (i) => `shop.requests:1|c|#route:r${i % 20},path:/orders/${i}`],
  'negative-counter': [repeated, (i) => `shop.cart.items.${i % 200}:-${1 + (i % 10)}|c`],
  'malformed-value': [repeated, (i) => `shop.cart.items.${i % 200}:x${i % 10}|c`],
  'unknown-type': [repeated, (i) => `shop.cart.items.${i % 200}:${i % 10}|zz`],
  'unknown-section': [repeated, (i) => `shop.cart.items.${i % 200}:${i % 10}|c|#a:b|zz`],
  'malformed-line': [repeated, (i) => (i % 2 === 0 ? `shop.cart.items.${i}` : `shop.cart.items.${i}:1`)],
  'set-repeated': [repeated, (i) => `shop.users.${i % 200}:user${i % 1000}|s`],
  'set-new': [alwaysNew, (i) => `shop.users.${i % 200}:${(i * 7919) % 1_000_003}-${i}|s|#env:prod`],
  event: [
    repeated,
    (i) => `_e{${`${i}`.length + 12},10}:deployment .${i}|text\\nmore|t:info|#env:production,team:shop`,
  ],
  'service-check': [repeated, (i) => `_sc|shop.db.${i % 20}|${i % 4}|h:web-${i % 50}|#env:production|m:number ${i}`],
} as const satisfies Readonly<Record<string, readonly [number, Line]>>;

/** The kinds of such lines. */
export type OddShape = keyof typeof shapes;

export const oddShapes = Object.keys(shapes) as readonly OddShape[];

/** The same lines every time. */
export function oddLines(shape: OddShape): readonly string[] {
  const [count, line] = shapes[shape];
  return Array.from({ length: count }, (_, i) => line(i));
}
