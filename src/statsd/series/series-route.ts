import type { Labels } from '../../exposition/metric/family.ts';
import type { ObserverOptions } from './observer.ts';

/** Where the samples of a name go that are to become a series. */
export interface SeriesRoute {
  readonly kind: 'series';
  /** Place of the rule that made the name; undefined: none did. */
  readonly rule: number | undefined;
  /** Escaped. */
  readonly name: string;
  readonly help: string;
  /** Labels of the rule. */
  readonly labels: Labels;
  /** A tag wins over a label of the rule. */
  readonly honorLabels: boolean;
  /** What every value is multiplied by. */
  readonly scale: number;
  /** Milliseconds after the last sample until the series is forgotten; 0: never. */
  readonly ttl: number;
  readonly observer: ObserverOptions;
}

/** The labels of a series: those of the rule over the tags of the line, or under them where the rule honors tags. */
export function mergeLabels(tags: Labels, { labels, honorLabels }: SeriesRoute): Labels {
  if (labels.length === 0) return tags;
  if (tags.length === 0) return labels;
  // A map for either, lest a packet of many tags meets a rule of many labels.
  const [under, over] = honorLabels ? [labels, tags] : [tags, labels];
  return [...new Map([...under, ...over])];
}
