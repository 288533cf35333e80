import type { Labels } from '../../exposition/metric/family.ts';
import { duration } from '../../flags/codecs.ts';
import type { Sample } from '../line/sample.ts';
import type { Destination } from '../series/series-aggregate.ts';
import { mergeLabels, type SeriesRoute } from '../series/series-route.ts';
import { shorten } from './shorten.ts';

/** The most notes about labels of one kind; a line and a rule may have very many labels. */
const mostLabelNotes = 10;

/** An accepted sample and its destination. */
export interface AcceptedSample {
  readonly sample: Sample;
  readonly route: SeriesRoute;
  /** The name before it was escaped. */
  readonly unescaped: string;
  readonly to: Destination;
  readonly hasMapping: boolean;
  /** Milliseconds. */
  readonly setWindow: number;
}

/** The changes of a sample on the way to its series, a sentence each. */
export function sampleNotes(accepted: AcceptedSample): readonly string[] {
  const { route, unescaped, to, hasMapping } = accepted;
  return [
    ...(hasMapping && route.rule === undefined ? ['No rule matches: the name stays.'] : []),
    ...(route.name === unescaped ? [] : ['Characters that Prometheus does not allow in a name become _.']),
    ...valueNotes(accepted),
    ...labelNotes(accepted),
    ...(to.origin.ttl === route.ttl
      ? []
      : ['The series exists already, from lines with another name, and keeps its time to live.']),
    ...(hasShape(accepted)
      ? []
      : ['The series of this name with these label names have the buckets or quantiles of the first one.']),
  ];
}

function valueNotes({ sample, route, setWindow }: AcceptedSample): readonly string[] {
  const { suffix, relative } = sample;
  const notes = suffix.milliseconds ? ['Milliseconds become seconds.'] : [];
  if (suffix.set) {
    notes.push(`The gauge shows how many different values come in ${duration.format(setWindow)}.`);
    if (route.scale !== 1) notes.push('The scale of the rule does not apply to sets.');
  } else if (route.scale !== 1) notes.push(`The rule multiplies the value by ${route.scale}.`);
  if (relative && suffix.kind === 'gauge') notes.push('The value has a sign: it is added to the gauge.');
  const sampled = samplingNote(sample);
  return sampled === undefined ? notes : [...notes, sampled];
}

function samplingNote({ value, suffix: { kind, factor, rate } }: Sample): string | undefined {
  if (rate === 1) return undefined;
  if (rate === 0) return 'A sampling factor of 0 counts as 1.';
  if (kind === 'gauge') return 'A gauge is not sampled: the factor has no effect.';
  if (kind === 'counter') return `It is sampled: it counts as ${value / factor}.`;
  return `It is sampled: it counts as ${factor} ${factor === 1 ? 'observation' : 'observations'}, 1/${rate} without its fraction.`;
}

function labelNotes({ sample, route }: AcceptedSample): readonly string[] {
  const { labels: tags } = sample.suffix;
  const rules = new Map(route.labels);
  const both = tags.filter(([name, value]) => rules.has(name) && rules.get(name) !== value);
  const empty = mergeLabels(tags, route).filter(([, value]) => value === '');
  return [
    ...some(both, (name, value) =>
      route.honorLabels
        ? `The tag ${name} wins over the label of the rule (honor_labels).`
        : `The label ${name} of the rule replaces the tag ${name}="${value}".`,
    ),
    ...some(empty, (name) => `The label ${name} is empty, which is the same as none.`),
  ];
}

function some(labels: Labels, note: (name: string, value: string) => string): readonly string[] {
  return labels.slice(0, mostLabelNotes).map(([name, value]) => note(shorten(name, 60), shorten(value, 60)));
}

function hasShape({ sample, route: { observer }, to: { series } }: AcceptedSample): boolean {
  if (sample.suffix.kind !== 'observer') return true;
  const [expected, has] =
    observer.type === 'histogram' ? [observer.bounds, series.bounds] : [observer.quantiles, series.quantiles];
  return expected.length === has.length && expected.every((value, i) => value === has[i]);
}
