import { sidecarFlags } from '../contract/sidecar.ts';
import type { FlagTable } from '../flags/flag.ts';
import type { SidecarCommand } from '../kinds/command.ts';

/** Every setting of a command in force, as flag and value, for the landing page. */
export function effectiveSettings({ shared, segments }: SidecarCommand): [flag: string, value: string][] {
  const rows = (table: FlagTable, values: Readonly<Record<string, unknown>>) =>
    Object.entries(table).map(([key, { name, codec }]): [string, string] => [`--${name}`, codec.format(values[key])]);
  return [...rows(sidecarFlags, shared), ...segments.flatMap(({ kind, settings }) => rows(kind.flags, settings))];
}
