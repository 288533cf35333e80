import type { Family } from '../../exposition/metric/metric-store.ts';
import type { MetricKind } from '../line/sample.ts';

/** The lines that made series: those with the same raw name and kind. Most have many series, which differ in their tags. */
export class Origin {
  readonly family: Family;
  readonly kind: MetricKind;
  /** Kind and raw name: a mapping that is loaded later is asked for it. */
  readonly key: string;
  /** Milliseconds after the last sample until a series is forgotten; 0: never. */
  ttl: number;
  series = 0;

  constructor(family: Family, kind: MetricKind, key: string, ttl: number) {
    this.family = family;
    this.kind = kind;
    this.key = key;
    this.ttl = ttl;
  }
}
