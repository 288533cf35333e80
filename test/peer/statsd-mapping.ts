import fc from 'fast-check';
import { segments } from './statsd-line.ts';

/** Text and references to captures. */
export type Template = readonly (string | { readonly capture: number; readonly braces: boolean })[];

export interface Rule {
  readonly type: 'glob' | 'regex';
  /** Segments: text, or a capture. */
  readonly match: readonly (string | { readonly capture: string })[];
  /** Regular expressions: whether the end is anchored. */
  readonly whole: boolean;
  readonly name: Template;
  readonly labels: readonly (readonly [name: string, value: Template])[];
  readonly kind: 'counter' | 'gauge' | 'observer' | undefined;
  /** Everything else, as it stands in the file. */
  readonly options: Readonly<Record<string, unknown>>;
}

const capture = (at: number, braces: boolean) => ({ capture: at, braces });
const reference = fc.tuple(fc.constantFrom(1, 1, 2, 3), fc.boolean()).map(([at, braces]) => capture(at, braces));
const template = (texts: readonly string[]) =>
  fc.array(fc.oneof({ weight: 2, arbitrary: reference }, fc.constantFrom(...texts)), { minLength: 1, maxLength: 3 });
const nameTemplate = template(['x', '_y', 'z_']);
// Text in front: a value that is empty is another difference.
const labelTemplate = template(['x', '_y', '-', ' ', 'ü']).map((parts): Template => ['v', ...parts]);

const observer = fc.constantFrom(
  { observer_type: 'summary' },
  { observer_type: 'histogram' },
  { observer_type: 'summary', summary_options: { quantiles: [{ quantile: 0.5, error: 0.05 }] } },
  { observer_type: 'histogram', histogram_options: { buckets: [0.001, 1, 5] } },
);
/** One in `one`. */
const rarely = <T>(one: number, arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: one - 1, arbitrary: fc.constant({}) }, arbitrary);
const options = fc
  .tuple(
    rarely(5, observer),
    rarely(
      8,
      fc.constantFrom(2, 0.5, -1, 0).map((scale) => ({ scale })),
    ),
    rarely(4, fc.constant({ honor_labels: true })),
    rarely(10, fc.constant({ action: 'drop' })),
  )
  .map((parts) => Object.assign({}, ...parts) as Record<string, unknown>);
const part = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...segments) },
  { weight: 2, arbitrary: fc.constant({ capture: '*' }) },
);
const regexPart = fc.oneof(
  fc.constantFrom(...segments),
  fc.constantFrom({ capture: '(\\w+)' }, { capture: '([^.]*)' }, { capture: '(a|b)' }, { capture: '.*' }),
);

const rest = {
  whole: fc.boolean(),
  name: nameTemplate,
  labels: fc
    .dictionary(fc.constantFrom('kk', 'aa', 'other'), labelTemplate, { maxKeys: 2 })
    .map((labels) => Object.entries(labels)),
  kind: fc.constantFrom(undefined, undefined, undefined, 'counter' as const, 'gauge' as const, 'observer' as const),
  options,
};
const glob = fc.record({
  ...{ type: fc.constant('glob' as const), match: fc.array(part, { minLength: 1, maxLength: 3 }) },
  ...rest,
});
const regex = fc.record({
  ...{ type: fc.constant('regex' as const), match: fc.array(regexPart, { minLength: 1, maxLength: 3 }) },
  ...rest,
});

/** A few rules of one pair. */
export const rules: fc.Arbitrary<readonly Rule[]> = fc.array(
  fc.oneof({ weight: 6, arbitrary: glob as fc.Arbitrary<Rule> }, regex as fc.Arbitrary<Rule>),
  { maxLength: 4 },
);

/**
 * The rule as it stands in the file.
 *
 * @param braces whether every reference of a glob rule has them.
 */
export function writtenRule(prefix: string, rule: Rule, braces: boolean): Readonly<Record<string, unknown>> {
  const segmentsOf = rule.match.map((one) => (typeof one === 'string' ? one : one.capture));
  const literal = rule.match.map((one) => (typeof one === 'string' ? one.replace(/[-.*]/g, '\\$&') : one.capture));
  const text = (parts: Template) => writtenTemplate(parts, braces && rule.type === 'glob');
  return {
    match_type: rule.type,
    match:
      rule.type === 'glob'
        ? `${prefix}.${segmentsOf.join('.')}`
        : `^${prefix}\\.${literal.join('\\.')}${rule.whole ? '$' : ''}`,
    name: `${prefix}_${text(rule.name)}`,
    labels: Object.fromEntries(rule.labels.map(([name, value]) => [name, text(value)])),
    ...(rule.kind !== undefined && { match_metric_type: rule.kind }),
    ...rule.options,
  };
}

function writtenTemplate(parts: Template, braces: boolean): string {
  return parts
    .map((one) => (typeof one === 'string' ? one : one.braces || braces ? `\${${one.capture}}` : `$${one.capture}`))
    .join('');
}
