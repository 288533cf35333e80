import { labelled } from '../exposition/metric/family.ts';
import type { Family, MetricStore, Series } from '../exposition/metric/metric-store.ts';
import type { OwnMetric } from '../exposition/own/metric-table.ts';

/** A series that is on the page only while there is a number for it. */
export interface OptionalSeries {
  /** undefined: the series leaves the page. */
  show(value: number | undefined): void;
}

/** Declares the family of a series, so that nobody else can take its name. A store that refuses it shows nothing. */
export function optionalSeries(
  store: MetricStore,
  { name, type, help, labels }: OwnMetric,
  values: readonly string[] = [],
): OptionalSeries {
  // The number of these series is that of a table, so no limit has to bound it.
  const declared = store.family({ name, type, help, owner: 'port-monitor', unlimited: true });
  const family: Family | undefined = declared.ok ? declared.value : undefined;
  let series: Series | undefined;
  return {
    show(value) {
      if (value === undefined) {
        if (series !== undefined) family?.remove(series);
        series = undefined;
        return;
      }
      if (series === undefined) {
        const outcome = family?.series(labelled(labels, values));
        series = outcome?.ok ? outcome.value : undefined;
      }
      series?.set(value);
    },
  };
}
