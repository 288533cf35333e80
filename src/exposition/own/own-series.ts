import { labelled, type Refused } from '../metric/family.ts';
import type { Family, MetricStore, Series } from '../metric/metric-store.ts';
import type { MetricTable, SeriesOf } from './metric-table.ts';

/** Finds or makes a series of a table; undefined where the page refuses it. */
export type OwnSeries<Table extends MetricTable> = (...series: SeriesOf<Table>) => Series | undefined;

/**
 * Declares every metric of a table at once, so that nothing that comes in later can take one of their names. A page
 * without room for one of them shows the others.
 *
 * @param owner see `FamilySpec.owner`
 * @param onRefused called for each metric that the page refuses
 */
export function declareTable<Table extends MetricTable>(
  store: MetricStore,
  table: Table,
  owner: string,
  onRefused?: (name: string, refused: Refused) => void,
): OwnSeries<Table>;
export function declareTable(
  store: MetricStore,
  table: MetricTable,
  owner: string,
  onRefused?: (name: string, refused: Refused) => void,
): (key: string, ...values: readonly string[]) => Series | undefined {
  const families = new Map<string, Family>();
  for (const [key, { name, type, help, bounds }] of Object.entries(table)) {
    const declared = store.family({ name, type, help, owner, ...(bounds && { bounds }) });
    if (declared.ok) families.set(key, declared.value);
    else onRefused?.(name, declared);
  }
  return (key, ...values) => {
    const series = families.get(key)?.series(labelled(table[key]!.labels, values));
    return series?.ok ? series.value : undefined;
  };
}
