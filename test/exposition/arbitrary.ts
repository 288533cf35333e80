import fc from 'fast-check';
import type { FamilySpec, Labels, MetricType } from '../../src/exposition/metric/family.ts';
import type { MetricStore } from '../../src/exposition/metric/metric-store.ts';

const types: readonly MetricType[] = ['counter', 'gauge', 'histogram', 'summary', 'unknown', 'info', 'stateset'];

/** Few stems and every suffix that a format knows, so that names clash often. */
const name = fc
  .tuple(
    fc.constantFrom('a', 'b', 'a_b', 'ns:a'),
    fc.array(fc.constantFrom('_total', '_created', '_bucket', '_sum', '_count', '_info'), { maxLength: 2 }),
  )
  .map(([stem, suffixes]) => stem + suffixes.join(''));
const anyText = fc.string({ unit: 'binary', maxLength: 8 });
const label = fc.tuple(
  fc.constantFrom('a', 'b', 'c', 'le', 'quantile', 'x-y'),
  fc.oneof(anyText, fc.constantFrom('', '"', '\\', '\n')),
);
const increasing = fc
  .uniqueArray(fc.oneof(fc.integer({ min: -9, max: 99 }), fc.double({ noNaN: true, noDefaultInfinity: true })), {
    maxLength: 4,
  })
  .map((all) => all.filter((v) => !Object.is(v, -0)).toSorted((a, b) => a - b));
/** One declaration, series and value. */
export const step = fc.record({
  name,
  type: fc.constantFrom(...types),
  help: anyText,
  owner: fc.constantFrom('one', 'two'),
  bounds: increasing,
  labels: fc.array(label, { maxLength: 3 }),
  value: fc.double(),
  remove: fc.nat(5).map((n) => n === 0),
});
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Does it, or is refused. */
export function apply(store: MetricStore, { name, type, help, owner, bounds, labels, value, remove }: Step): void {
  const spec: FamilySpec = { name, type, help, owner, bounds, quantiles: [0.5, 1] };
  const family = store.family(spec);
  if (!family.ok) return;
  const withState: Labels = type === 'stateset' ? [...labels, [name, 'up']] : labels;
  const series = family.value.series(withState);
  if (!series.ok) return;
  if (remove) {
    family.value.remove(series.value);
    return;
  }
  series.value.set(value);
  series.value.observe(value, 2);
  series.value.setQuantile(0, value);
}

/** Lines made of what the formats are made of, and of what they are not. */
const piece = fc.constantFrom(
  '# TYPE ',
  '# HELP ',
  '# UNIT ',
  '# EOF',
  'a',
  'b_total',
  'a_bucket',
  'a_created',
  ' counter',
  ' histogram',
  ' summary',
  ' gauge',
  ' info',
  '{',
  '}',
  'le="1"',
  'quantile="0.5"',
  'x="\\n\\""',
  'x="é"',
  ',',
  ' ',
  ' 1',
  ' -Inf',
  ' NaN',
  ' 1.5e3',
  ' 1700000000',
  '\t',
  '"',
  '\\',
  '\r',
  '\0',
);
export const hostilePage = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.array(piece, { maxLength: 7 }).map((all) => all.join('')) },
      fc.string({ unit: 'binary' }),
    ),
    { maxLength: 20 },
  )
  .map((lines) => lines.join('\n'));
