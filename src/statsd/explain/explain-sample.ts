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

/** Of a regular expression: it may have very many groups. */
const MOST_CAPTURES = 50;

/** What samples are explained with: the engine that took them, and what else it goes by. */
export interface Explaining {
  readonly pipeline: LinePipeline;
  /** Milliseconds. */
  readonly setWindow: number;
  /** What observers become where neither a rule nor the mapping says it. */
  readonly observer: ObserverSettings;
  /** What each name is that something was taken under. */
  readonly types: Map<string, Family['type']>;
}

/**
 * Explains a sample after it was taken or refused.
 *
 * @param name of the line, as it was sent, without its tags.
 * @param refused why; undefined: it was taken, or a rule dropped it.
 */
export function explainSample(
  explaining: Explaining,
  name: string,
  sample: Sample | RefusedSample,
  refused: SampleReason | RefusalReason | undefined,
): SampleExplanation {
  const { suffix } = sample;
  const written = {
    value: shorten(sample.rawValue),
    type: shorten(suffix?.type ?? ''),
    samplingFactor: suffix?.rate ?? 1,
  };
  if (sample.refused !== undefined || refused === 'name_limit') return { ...written, ...refusal(refused!) };
  const { routes } = explaining.pipeline;
  const { kind } = sample.suffix;
  const found = routes.mapping?.find(kind, name);
  const route = routes.find(kind, name);
  const rule = found && { rule: ruleOf(found) };
  if (refused !== undefined) {
    const known = route.kind === 'series' && refused === 'type_conflict' ? explaining.types.get(route.name) : undefined;
    const note = known && `${route.kind === 'series' ? shorten(route.name) : ''} is a ${known} already.`;
    return { ...written, ...refusal(refused, note), ...rule };
  }
  if (route.kind !== 'series') return { ...written, outcome: 'dropped', notes: ['The rule drops it.'], ...rule };
  return { ...written, outcome: 'taken', ...became(explaining, name, sample, found, route), ...rule };
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
    captures: captures.slice(0, MOST_CAPTURES).map((capture) => shorten(capture)),
  };
}

function became(
  { pipeline, setWindow, observer, types }: Explaining,
  name: string,
  sample: Sample,
  found: RuleMatch | undefined,
  route: SeriesRoute,
): Pick<SampleExplanation, 'notes' | 'series'> {
  const { aggregate, routes } = pipeline;
  const { suffix } = sample;
  // The series is there: to ask again changes nothing, and gives what the sample was added to.
  const to = aggregate.resolve({ rawName: name, suffix, route: suffix.set ? { ...route, scale: 1 } : route });
  if (!to.ok) return { notes: [sentences[to.reason]] };
  const { origin } = to;
  const { type } = origin.family;
  types.set(route.name, type);
  const settings = found?.rule.observer ?? routes.mapping?.defaults.observer ?? observer;
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
  const unescaped = found?.name ?? name;
  const hasMapping = routes.mapping !== undefined;
  return { series, notes: sampleNotes({ sample, route, unescaped, to, hasMapping, setWindow }) };
}

/** All that statsd lines make. */
function seriesType(type: Family['type']): SeriesExplanation['type'] {
  return type === 'counter' || type === 'summary' || type === 'histogram' ? type : 'gauge';
}

/** What the series has, which may have been made from other settings. */
function shapeOf(settings: ObserverSettings, series: Series): ObserverSettings {
  if (settings.type === 'histogram') return { ...settings, buckets: series.bounds };
  const errors = new Map(settings.quantiles.map(({ quantile, error }) => [quantile, error]));
  const quantiles = series.quantiles.map((quantile) => ({ quantile, error: errors.get(quantile) ?? 0 }));
  return { ...settings, quantiles };
}
