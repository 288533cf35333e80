/** The tables of the docs, made from the code. `scripts/docs.ts` writes them, `test/docs.test.ts` compares them. */
import { join } from 'node:path';
import { allCommands } from '../src/cli/command-table.ts';
import { checkFlags, listFlags, renewFlags } from '../src/contract/cluster-commands.ts';
import { mapFlags } from '../src/contract/map.ts';
import { alertsFlags, dashboardsFlags, scrapeConfigFlags } from '../src/contract/monitoring.ts';
import { explainFlags, injectFlags, lintFlags, uninjectFlags } from '../src/contract/offline.ts';
import { referenceFlags, versionFlags } from '../src/contract/reference.ts';
import { sidecarFlags } from '../src/contract/sidecar.ts';
import { validateFlags } from '../src/contract/validate.ts';
import { webhookFlags } from '../src/contract/webhook.ts';
import type { FlagTable } from '../src/flags/flag.ts';
import { isKind } from '../src/kinds/kind-names.ts';
import { kinds } from '../src/kinds/kinds.ts';
import { annotationReference } from '../src/reference/annotations.ts';
import { commandTable, flagTable } from '../src/reference/flags.ts';
import { metricReference } from '../src/reference/metrics.ts';
import { reasonReference } from '../src/reference/reasons.ts';
import type { Reference } from '../src/reference/reference.ts';
import { markdownTable, type Table } from '../src/reference/table.ts';
import { floors, readSources } from './arrows.ts';

interface Generated {
  readonly file: string;
  readonly mark: string;
  readonly text: string;
  /** The mark of the table before it in the file. */
  readonly before?: string;
}

/** Every generated table: in which file, under which mark, with which text. */
export async function tables(): Promise<readonly Generated[]> {
  return [
    ...partsOf('docs/annotations.md', annotationReference),
    ...flagTables(),
    ...partsOf('docs/reasons.md', reasonReference),
    { file: 'docs/cli.md', mark: 'commands', text: markdownTable(commandTable(await allCommands())) },
    ...partsOf('docs/metrics.md', await metricReference()),
    { file: 'docs/architecture.md', mark: 'rooms', text: markdownTable(roomTable()) },
  ];
}

/** The rooms of `src/` from the highest floor to the ground. */
function roomTable(): Table {
  const list = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
  const rows = floors(readSources(join(import.meta.dirname, '../src'))).map(({ floor, rooms, on, lazy }) => [
    String(floor),
    list(rooms),
    list(on),
    list(lazy),
  ]);
  return { head: ['Floor', 'Room', 'Imports, beside the rooms that these import', 'Loads when it is needed'], rows };
}

function partsOf<Entry>(file: string, { parts, markdown }: Reference<Entry>): readonly Generated[] {
  return inFile(
    file,
    parts.map(({ id, entries }) => [id, markdownTable(markdown(entries))]),
  );
}

function flagTables(): readonly Generated[] {
  const groups: [string, FlagTable][] = [
    ['sidecar', sidecarFlags],
    ...kinds.map(({ name, flags }): [string, FlagTable] => [name, flags]),
    ['webhook', webhookFlags],
    ['check', checkFlags],
    ['list', listFlags],
    ['renew', renewFlags],
    ['scrape-config', scrapeConfigFlags],
    ['dashboards', dashboardsFlags],
    ['alerts', alertsFlags],
    ['validate', validateFlags],
    ['map', mapFlags],
    ['explain', explainFlags],
    ['lint', lintFlags],
    ['inject', injectFlags],
    ['uninject', uninjectFlags],
    ['reference', referenceFlags],
    ['version', versionFlags],
  ];
  return inFile(
    'docs/flags.md',
    groups.map(([mark, flags]) => [mark, markdownTable(flagTable(flags))]),
  );
}

/** The tables of one file in their order. */
function inFile(file: string, all: readonly (readonly [mark: string, text: string])[]): readonly Generated[] {
  return all.map(([mark, text], i) => ({ file, mark, text, ...(i > 0 && { before: all[i - 1]![0] }) }));
}

/**
 * Puts a table between its marks. The table of a kind whose marks are missing gets a section behind the table before
 * it; any other file without the marks is an error.
 */
export function withTable(document: string, { mark, text, before }: Omit<Generated, 'file'>): string {
  const [begin, end] = marks(mark);
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from === -1 && before !== undefined && isKind(mark)) {
    const [, endBefore] = marks(before);
    const withSection = document.replace(endBefore, () => `${endBefore}\n\n## ${mark}\n\n${begin}\n\n${end}`);
    return withTable(withSection, { mark, text });
  }
  if (from === -1 || to < from) throw new Error(`no place for the table "${mark}": ${begin} … ${end}`);
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`;
}

function marks(mark: string): [begin: string, end: string] {
  return [`<!-- ${mark}: made from the code by npm run docs -->`, `<!-- /${mark} -->`];
}
