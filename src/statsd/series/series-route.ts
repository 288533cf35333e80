import type { Labels } from '../../exposition/metric/family.ts';
import type { ObserverOptions } from './observer.ts';

/** The route of the samples that become a series. */
export interface SeriesRoute {
  readonly kind: 'series';
  /** Index of the rule that made the name; undefined: no rule did. */
  readonly rule: number | undefined;
  /** Escaped. */
  readonly name: string;
  readonly help: string;
  /** Labels of the rule. */
  readonly labels: Labels;
  /** A tag wins over a label of the rule. */
  readonly honorLabels: boolean;
  /** The factor of every value. */
  readonly scale: number;
  /** Milliseconds from the last sample until the series expires; 0: never. */
  readonly ttl: number;
  readonly observer: ObserverOptions;
}

/** The labels of a series: the labels of the rule win over the tags of the line, or lose where the rule honors tags. */
export function mergeLabels(tags: Labels, { labels, honorLabels }: SeriesRoute): Labels {
  if (labels.length === 0) return tags;
  if (tags.length === 0) return labels;
  // A map, so that many tags with a rule of many labels cost no quadratic time.
  const [under, over] = honorLabels ? [labels, tags] : [tags, labels];
  return [...new Map([...under, ...over])];
}
