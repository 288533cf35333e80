import type { FlagTable } from '../flags/flag.ts';
import { code, type Table } from './table.ts';

/** The flags of a table, for the docs. */
export function flagTable(flags: FlagTable): Table {
  return {
    head: ['Flag', 'Value', 'Default', 'What it does', 'Example'],
    rows: Object.values(flags).map(({ name, short, codec, default: standard, doc, example }) => [
      code(short === undefined ? `--${name}` : `-${short}, --${name}`),
      codec.expects,
      code(codec.format(standard)),
      doc,
      code(example),
    ]),
  };
}

/** The commands of the program, for the docs. */
export function commandTable(commands: readonly { readonly usage: string; readonly summary: string }[]): Table {
  return {
    head: ['Command', 'What it does'],
    rows: commands.map(({ usage, summary }) => [code(usage), summary]),
  };
}
