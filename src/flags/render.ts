import type { FlagTable, Settings } from './flag.ts';

/**
 * The arguments that make these settings: `--name=value` for each that differs from its default, in the table's order.
 * Parsing them with the same table gives the settings back.
 */
export function renderFlags<Table extends FlagTable>(table: Table, settings: Partial<Settings<Table>>): string[] {
  return Object.entries(table).flatMap(([key, { name, codec, default: standard }]) => {
    if (!(key in settings)) return [];
    const value = codec.format(settings[key]);
    return value === codec.format(standard) ? [] : [`--${name}=${value}`];
  });
}
