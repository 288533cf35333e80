import type { Labels, MetricType } from '../exposition/metric/family.ts';
import type { Family, MetricStore, Series } from '../exposition/metric/metric-store.ts';

/** One series that is on the page only while there is a number for it. */
export interface Shown {
  /** undefined: the series leaves the page. */
  show(value: number | undefined): void;
}

/** Declares the family of a series, so that nobody else can take its name. A store that refuses it shows nothing. */
export function shownSeries(
  store: MetricStore,
  declaration: {
    readonly name: string;
    readonly type: MetricType;
    readonly help: string;
    readonly labels?: Labels;
    readonly owner?: string;
  },
): Shown {
  const { name, type, help, labels = [], owner = 'port-monitor' } = declaration;
  // Their number is that of a table, so no limit has to bound it.
  const declared = store.family({ name, type, help, owner, unlimited: true });
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
        const made = family?.series(labels);
        series = made?.ok ? made.value : undefined;
      }
      series?.set(value);
    },
  };
}
