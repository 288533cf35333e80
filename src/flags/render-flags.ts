import type { Flag, FlagTable, Settings } from './flag.ts';

interface Prepared {
  readonly key: string;
  readonly flag: Flag<unknown>;
  /** The text of the default. */
  readonly standard: string;
}

/** The texts of each table's defaults: writing them again for each pod was a seventh of the cost of an injection. */
const prepared = new WeakMap<FlagTable, readonly Prepared[]>();

/**
 * The arguments that make these settings: `--name=value` for each that differs from its default, in the table's order.
 * Parsing them with the same table gives the settings back.
 */
export function renderFlags<Table extends FlagTable>(table: Table, settings: Partial<Settings<Table>>): string[] {
  const rendered: string[] = [];
  for (const { key, flag, standard } of preparedOf(table)) {
    const setting = settings[key];
    // Most settings are the default itself, and need no text for the comparison.
    if (setting === flag.default || !(key in settings)) continue;
    const value = flag.codec.format(setting);
    if (value !== standard) rendered.push(`--${flag.name}=${value}`);
  }
  return rendered;
}

function preparedOf(table: FlagTable): readonly Prepared[] {
  let list = prepared.get(table);
  if (list === undefined) {
    list = Object.entries(table).map(([key, flag]) => ({ key, flag, standard: flag.codec.format(flag.default) }));
    prepared.set(table, list);
  }
  return list;
}
