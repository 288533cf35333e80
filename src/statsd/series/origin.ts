import type { Family } from '../../exposition/metric/metric-store.ts';
import type { MetricKind } from '../line/sample.ts';

/** The lines that made series: those of one raw name and kind. Most have many series, which differ in their tags. */
export class Origin {
  readonly family: Family;
  readonly kind: MetricKind;
  /** Kind and raw name, for which a later mapping says the time to live. */
  readonly key: string;
  /** Milliseconds from the last sample until a series expires; 0: never. */
  ttl: number;
  series = 0;

  constructor(family: Family, kind: MetricKind, key: string, ttl: number) {
    this.family = family;
    this.kind = kind;
    this.key = key;
    this.ttl = ttl;
  }
}
