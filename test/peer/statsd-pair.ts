import fc from 'fast-check';
import { type Changed, changed, changedBytes, type Line, line, segments, written } from './statsd-line.ts';
import { type Rule, rules, writtenRule } from './statsd-mapping.ts';
import { comparableChange, comparableLine, forPeer } from './statsd-normalise.ts';

/** A few rules and a few lines. */
export interface Pair {
  readonly rules: readonly Rule[];
  readonly lines: readonly (Line | Changed)[];
}

/** What all pairs of a batch have in common: it is of the whole file, or of the process. */
export interface Setting {
  readonly flags: readonly string[];
  readonly defaults: Readonly<Record<string, unknown>>;
  /**
   * Observers have factors. The reference counts an event for each time it repeats one, and its sums are rounded as
   * often.
   */
  readonly weights: boolean;
}

const anyLine = fc.record({
  line: fc.oneof({ weight: 5, arbitrary: line as fc.Arbitrary<Line | Changed> }, changed),
  /** Which rule the name is made for; often there is none. */
  rule: fc.nat(5),
  captures: fc.array(fc.constantFrom(...segments), { minLength: 3, maxLength: 3 }),
});

export const pair: fc.Arbitrary<Pair> = fc
  .record({ rules, lines: fc.array(anyLine, { minLength: 1, maxLength: 8 }) })
  .map(({ rules: given, lines }) => ({
    rules: given,
    lines: lines.map(({ line: one, rule, captures }) => {
      const match = given[rule]?.match;
      if (match === undefined) return one;
      const name = match.map((part, i) => (typeof part === 'string' ? part : captures[i % captures.length]!)).join('.');
      return 'changes' in one ? { ...one, line: { ...one.line, name } } : { ...one, name };
    }),
  }));

const style = fc.constantFrom('dogstatsd', 'influxdb', 'librato', 'signalfx');
export const setting: fc.Arbitrary<Setting> = fc.record({
  flags: fc
    .tuple(fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.uniqueArray(style, { maxLength: 4 })), fc.boolean())
    .map(([off, compat]) => [
      ...off.map((name) => `--no-statsd.parse-${name}-tags`),
      ...(compat ? ['--statsd.compat-glob'] : []),
    ]),
  defaults: fc
    .tuple(
      fc.constantFrom(
        {},
        { observer_type: 'summary' },
        {
          observer_type: 'histogram',
          histogram_options: { buckets: [0.002, 0.5, 2], native_histogram_bucket_factor: 1 },
        },
        {
          summary_options: {
            quantiles: [
              { quantile: 0.25, error: 0.02 },
              { quantile: 0.95, error: 0.01 },
            ],
          },
        },
      ),
      fc.constantFrom({}, {}, { glob_disable_ordering: true }),
    )
    .map(([observer, order]) => ({ ...observer, ...order })),
  weights: fc.boolean(),
});

/** What one pair sends to each of the two, and with which rules. */
export interface Sent {
  readonly prefix: string;
  readonly ours: { readonly rules: readonly object[]; readonly lines: readonly Buffer[] };
  readonly peers: { readonly rules: readonly object[]; readonly lines: readonly Buffer[] };
  readonly differences: readonly string[];
  /** Lines that were left out. */
  readonly leftOut: number;
}

/**
 * @param braces whether the reference gets every reference of a glob rule in braces.
 * @param skip whether a line is left out, for a reason of the whole file.
 */
export function sent(
  prefix: string,
  { rules: given, lines }: Pair,
  { weights, braces }: { readonly weights: boolean; readonly braces: boolean },
  skip: (line: Buffer) => boolean,
): Sent {
  const ours: Buffer[] = [];
  const peers: Buffer[] = [];
  const differences = new Set<string>();
  let leftOut = 0;
  for (const one of lines) {
    const from = 'changes' in one ? one.line : one;
    const bytes = 'changes' in one ? changedBytes(prefix, one) : Buffer.from(written(prefix, one));
    const comparable = 'changes' in one ? comparableChange(one, bytes, given) : comparableLine(one, given);
    if (!comparable || bytes.includes(10) || (!weights && weighted(from)) || skip(bytes)) {
      leftOut++;
      continue;
    }
    ours.push(bytes);
    if ('changes' in one) {
      peers.push(bytes);
      continue;
    }
    const translated = forPeer(prefix, one, given);
    peers.push(...translated.lines.map((text) => Buffer.from(text)));
    for (const id of translated.differences) differences.add(id);
  }
  const file = (braced: boolean) => given.map((rule) => writtenRule(prefix, rule, braced));
  if (braces && JSON.stringify(file(true)) !== JSON.stringify(file(false))) differences.add('templates');
  return {
    ...{ prefix, leftOut, differences: [...differences] },
    ours: { rules: file(false), lines: ours },
    peers: { rules: file(braces), lines: peers },
  };
}

function weighted({ samples }: Line): boolean {
  return samples.some(
    ({ type, sections }) => ['ms', 'h', 'd'].includes(type) && sections.some(({ kind }) => kind === 'weight'),
  );
}
