import type { Family, Series } from '../../exposition/metric/metric-store.ts';
import type { RefusedSample, Sample, SampleReason } from '../line/sample.ts';
import type { ObserverSettings, RuleMatch } from '../mapping/mapping.ts';
import type { LinePipeline } from '../pipeline/line-pipeline.ts';
import type { RefusalReason } from '../pipeline/sample-processor.ts';
import { mergeLabels, type SeriesRoute } from '../series/series-route.ts';
import type { RuleExplanation, SampleExplanation, SeriesExplanation } from './explanation.ts';
import { sentences } from './reason-sentences.ts';
import { sampleNotes } from './sample-notes.ts';
import { shorten } from './shorten.ts';

/** The most captures; a regular expression may have very many groups. */
const mostCaptures = 50;

/** The context of explaining samples: the engine that processed them, and settings. */
export interface Explaining {
  readonly pipeline: LinePipeline;
  /** Milliseconds. */
  readonly setWindow: number;
  /** The settings of observers in the flags. */
  readonly observer: ObserverSettings;
  /** The type of each name with an accepted sample. */
  readonly types: Map<string, Family['type']>;
}

/**
 * Explains a sample that was processed.
 *
 * @param name the raw name of the line, without its tags.
 * @param reason of its refusal; undefined: it was accepted, or a rule dropped it.
 */
export function explainSample(
  explaining: Explaining,
  name: string,
  sample: Sample | RefusedSample,
  reason: SampleReason | RefusalReason | undefined,
): SampleExplanation {
  const { suffix } = sample;
  const rawParts = {
    value: shorten(sample.rawValue),
    type: shorten(suffix?.type ?? ''),
    samplingFactor: suffix?.rate ?? 1,
  };
  if (sample.refused !== undefined || reason === 'name_limit') return { ...rawParts, ...refusal(reason!) };
  const { routes } = explaining.pipeline;
  const { kind } = sample.suffix;
  const match = routes.mapping?.find(kind, name);
  const route = routes.find(kind, name);
  const rule = match && { rule: ruleOf(match) };
  if (reason !== undefined) {
    const currentType =
      route.kind === 'series' && reason === 'type_conflict' ? explaining.types.get(route.name) : undefined;
    const note = currentType && `${route.kind === 'series' ? shorten(route.name) : ''} is a ${currentType} already.`;
    return { ...rawParts, ...refusal(reason, note), ...rule };
  }
  if (route.kind !== 'series') return { ...rawParts, outcome: 'dropped', notes: ['The rule drops it.'], ...rule };
  return { ...rawParts, outcome: 'taken', ...outcomeOf(explaining, name, sample, match, route), ...rule };
}

function refusal(
  reason: SampleReason | RefusalReason,
  note: string = sentences[reason],
): Pick<SampleExplanation, 'outcome' | 'reason' | 'notes'> {
  return { outcome: 'refused', reason, notes: [note] };
}

function ruleOf({ rule, captures }: RuleMatch): RuleExplanation {
  const { index, line, match, matchType, action } = rule;
  return {
    ...{ index, line, matchType, action, match: shorten(match) },
    captures: captures.slice(0, mostCaptures).map((capture) => shorten(capture)),
  };
}

function outcomeOf(
  { pipeline, setWindow, observer, types }: Explaining,
  name: string,
  sample: Sample,
  match: RuleMatch | undefined,
  route: SeriesRoute,
): Pick<SampleExplanation, 'notes' | 'series'> {
  const { aggregate, routes } = pipeline;
  const { suffix } = sample;
  // The series exists: a second look-up changes nothing, and returns its destination.
  const to = aggregate.resolve({ rawName: name, suffix, route: suffix.set ? { ...route, scale: 1 } : route });
  if (!to.ok) return { notes: [sentences[to.reason]] };
  const { origin } = to;
  const { type } = origin.family;
  types.set(route.name, type);
  const settings = match?.rule.observer ?? routes.mapping?.defaults.observer ?? observer;
  const series: SeriesExplanation = {
    name: shorten(route.name),
    type: seriesType(type),
    labels: mergeLabels(suffix.labels, route)
      .filter(([, value]) => value !== '')
      .map(([label, value]) => [shorten(label), shorten(value)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
    ttl: origin.ttl,
    ...(suffix.kind === 'observer' && { observer: shapeOf(settings, to.series) }),
  };
  const unescaped = match?.name ?? name;
  const hasMapping = routes.mapping !== undefined;
  return { series, notes: sampleNotes({ sample, route, unescaped, to, hasMapping, setWindow }) };
}

/** The types that statsd lines make. */
function seriesType(type: Family['type']): SeriesExplanation['type'] {
  return type === 'counter' || type === 'summary' || type === 'histogram' ? type : 'gauge';
}

/** The settings of the series, which another rule may have made. */
function shapeOf(settings: ObserverSettings, series: Series): ObserverSettings {
  if (settings.type === 'histogram') return { ...settings, buckets: series.bounds };
  const errors = new Map(settings.quantiles.map(({ quantile, error }) => [quantile, error]));
  const quantiles = series.quantiles.map((quantile) => ({ quantile, error: errors.get(quantile) ?? 0 }));
  return { ...settings, quantiles };
}
