import { type Changed, type Line, type Sample, written } from './statsd-line.ts';
import type { Rule } from './statsd-mapping.ts';

/** What a line of ours is to statsd_exporter: other lines that it takes as we take this one. */
export interface ForPeer {
  readonly lines: readonly string[];
  /** The differences that were made up for; ids of docs/statsd-differences.md. */
  readonly differences: readonly string[];
}

/** A difference that a generated line can run into. */
interface Normaliser {
  readonly id: string;
  /** Takes the place of a sample; undefined: the difference is not there. */
  readonly sample?: (sample: Sample) => Sample | undefined;
  /** Whether the reference can be told the same only by a line for each value. */
  readonly apart?: (line: Line, rules: readonly Rule[]) => boolean;
}

const counters: ReadonlySet<string> = new Set(['c', 'g']);
const observers: ReadonlySet<string> = new Set(['ms', 'h', 'd']);
const refused = { text: 'x', kind: 'other' } as const;

/** The one table of differences that generated lines are rid of; a test ties it to the list in the docs. */
export const normalisers: readonly Normaliser[] = [
  {
    // A section that is not known refuses the sample with the same reason.
    id: 'factor-no-number',
    sample: (sample) => sectionsReplaced(sample, (kind) => (kind === 'bad factor' ? refused : undefined)),
  },
  {
    id: 'factor-out-of-range',
    sample: (sample) =>
      observers.has(sample.type)
        ? sectionsReplaced(sample, (kind) => (kind === 'no weight' ? refused : undefined))
        : undefined,
  },
  {
    id: 'sections',
    sample: (sample) =>
      sample.sections.some(({ kind }) => kind === 'silent')
        ? { ...sample, sections: sample.sections.filter(({ kind }) => kind !== 'silent') }
        : undefined,
    apart: ({ samples }) => samples.some(({ sections }) => sections.some(({ kind }) => kind === 'container')),
  },
  {
    id: 'packed-counters',
    apart: ({ samples }) =>
      samples.some(
        ({ values, type }) =>
          counters.has(type) && values.length > 1 && values.every(({ kind }) => kind !== 'no number'),
      ),
  },
  {
    id: 'shared-labels',
    apart: ({ samples }, rules) => samples.length > 1 && rules.some(({ labels }) => labels.length > 0),
  },
];

/** Differences that are made up for where files are written, pages are compared, or lines are chosen; and how. */
export const normalisedElsewhere: ReadonlyMap<string, string> = new Map([
  ['templates', 'without --statsd.compat-glob, the reference gets every reference of a glob rule in braces'],
  ['glob-prefix', 'without --statsd.compat-glob, names that it would change the rule of are left out'],
  ['glob-twice', 'the same'],
  ['glob-star', 'the same'],
  ['glob-backtracking', 'the same'],
  [
    'weighted-sampling',
    'with sampled timers, counts of events are not compared and sums may be rounded in another way',
  ],
  ['empty-labels', 'labels without a value are left out of both pages'],
  ['number-spelling', 'numbers are compared as numbers'],
  ['whole-bounds', 'the same'],
]);

function sectionsReplaced(
  sample: Sample,
  replace: (kind: Sample['sections'][number]['kind']) => Sample['sections'][number] | undefined,
): Sample | undefined {
  const sections = sample.sections.map((section) => replace(section.kind) ?? section);
  return sections.every((section, i) => section === sample.sections[i]) ? undefined : { ...sample, sections };
}

/** What to send to statsd_exporter in the place of a line of ours. */
export function forPeer(prefix: string, line: Line, rules: readonly Rule[]): ForPeer {
  const differences = new Set<string>();
  const samples = line.samples.map((sample) =>
    normalisers.reduce((now, { id, sample: normalise }) => {
      const other = normalise?.(now);
      if (other !== undefined) differences.add(id);
      return other ?? now;
    }, sample),
  );
  const apart = refusedWhole(line) ? [] : normalisers.filter(({ apart: needed }) => needed?.(line, rules) === true);
  for (const { id } of apart) differences.add(id);
  const lines = apart.length === 0 ? [{ ...line, samples }] : samples.flatMap((sample) => each(line, sample));
  return { lines: lines.map((one) => written(prefix, one)), differences: [...differences] };
}

/** Several values of a type that has none, or one of a counter's values is no number. */
function refusedWhole({ samples }: Line): boolean {
  return samples.some(
    ({ values, type }) =>
      values.length > 1 &&
      !observers.has(type) &&
      !(counters.has(type) && values.every(({ kind }) => kind !== 'no number')),
  );
}

/** A line for each value; a container id is read where there is a section of tags. */
function each(line: Line, sample: Sample): readonly Line[] {
  const { sections } = sample;
  const tagged = sections.some(({ kind }) => kind === 'tags');
  const needs = !tagged && sections.some(({ kind }) => kind === 'container');
  const made: Sample = needs ? { ...sample, sections: [...sections, { text: '#', kind: 'tags' }] } : sample;
  return sample.values.map((value) => ({ ...line, samples: [{ ...made, values: [value] }] }));
}

/**
 * Lines that statsd_exporter cannot be told in other words, or that would end it or its page. They are not generated;
 * the table of cases has them.
 */
export function comparableLine({ nameTags, samples }: Line, rules: readonly Rule[]): boolean {
  const sections = samples.flatMap((sample) => sample.sections);
  const has = (kind: Sample['sections'][number]['kind']) => sections.some((section) => section.kind === kind);
  const values = samples.flatMap((sample) => sample.values);
  const packed = samples.length > 1 || samples.some((sample) => sample.values.length > 1);
  if (values.some(({ kind }) => kind === 'not finite') && samples.some(({ type }) => type !== 'g')) return false;
  // Their colons part samples where a name has tags, and where several samples follow each other everything depends on
  // the other.
  if ((has('container') || has('silent')) && (nameTags !== undefined || samples.length > 1)) return false;
  // Whether the line is refused for its two styles depends on flags.
  if (nameTags !== undefined && has('tags') && packed) return false;
  // Of a line that is sent in pieces the tags of the name would be counted in each.
  const pieces = rules.some(({ labels }) => labels.length > 0) && samples.length > 1;
  if (nameTags?.wrong === true && (packed || pieces)) return false;
  // A tag's colon in a section would cut a line of several samples, and a word before the next sample takes that one's
  // colon for its own (`unknown-sections`).
  if (samples.length > 1 && sections.some(({ kind, text }) => kind === 'tags' || /^[a-z]\w*$/.test(text))) return false;
  if (samples.length > 1 && samples.some((sample) => sample.values.length > 1)) return false;
  return !sections.some(({ kind }) => kind === 'container') || sections.length < 3;
}

const risky = [
  // Sections, factors and types of other differences.
  /@|\|s(?:[|:]|$)|\r|[^:]*:[^|]*\|[^|]*\|(?:T|e:|c:|card:)/,
  /:[^|]*:[^|]*\|[cg](?:[|:]|$)/,
  /\|[a-z]\w*:/,
  /inf|nan/i,
  // Keys that begin with __, and brackets in the wrong order.
  /[#,[][^a-zA-Z0-9]{2}/,
  /^[^:[]*\]/,
];

/** Whether a changed line is one that both are to take alike. */
export function comparableChange({ line }: Changed, bytes: Buffer, rules: readonly Rule[]): boolean {
  const text = bytes.toString('latin1');
  return (
    line.samples.length === 1 &&
    comparableLine(line, rules) &&
    !risky.some((pattern) => pattern.test(text)) &&
    !(rules.some(({ labels }) => labels.length > 0) && (text.match(/:/g)?.length ?? 0) > 1)
  );
}
