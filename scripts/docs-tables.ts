/** The tables of the docs, made from the code. `scripts/docs.ts` writes them, `test/docs.test.ts` holds them true. */
import { commands } from '../src/cli/commands.ts';
import type { Annotation, AnnotationTable } from '../src/contract/annotation.ts';
import {
  flagAnnotationsOf,
  injectAnnotation,
  kindAnnotations,
  serviceAnnotations,
  sidecarAnnotations,
} from '../src/contract/annotations.ts';
import { checkFlags, listFlags } from '../src/contract/check.ts';
import { kindFlags } from '../src/contract/command.ts';
import { alertsFlags, dashboardsFlags, scrapeConfigFlags } from '../src/contract/monitoring.ts';
import { kinds } from '../src/contract/names.ts';
import { sidecarFlags } from '../src/contract/sidecar.ts';
import { webhookFlags } from '../src/contract/webhook.ts';
import type { FlagTable } from '../src/flags/flag.ts';
import { reasons } from '../src/inject/reasons.ts';
import { type MetricRow, metricTables } from './docs-metrics.ts';

/** Every generated table: in which file, under which mark, with which text. */
export function tables(): { readonly file: string; readonly mark: string; readonly text: string }[] {
  return [
    ...annotationTables(),
    ...flagTables(),
    { file: 'docs/reasons.md', mark: 'reasons', text: reasonTable() },
    { file: 'docs/cli.md', mark: 'commands', text: commandTable() },
    ...metricTables.map(({ mark, rows }) => ({ file: 'docs/metrics.md', mark, text: metricTable(rows) })),
  ];
}

function annotationTables() {
  const scopes: [string, AnnotationTable][] = [
    ['sidecar', { ...injectAnnotation, ...sidecarAnnotations, ...flagAnnotationsOf.sidecar }],
    ...kinds.map((kind): [string, AnnotationTable] => [kind, { ...kindAnnotations[kind], ...flagAnnotationsOf[kind] }]),
    ['service', serviceAnnotations],
  ];
  return scopes.map(([mark, table]) => ({
    file: 'docs/annotations.md',
    mark,
    text: markdown(
      ['Annotation', 'Value', 'Default', 'What it does', 'Example'],
      Object.values(table).map(({ key, codec, default: standard, doc, example }: Annotation<unknown>) => [
        code(key),
        codec.expects,
        code(codec.format(standard)),
        doc,
        code(example),
      ]),
    ),
  }));
}

function flagTables() {
  const groups: [string, FlagTable][] = [
    ['sidecar', sidecarFlags],
    ...Object.entries(kindFlags),
    ['webhook', webhookFlags],
    ['check', checkFlags],
    ['list', listFlags],
    ['scrape-config', scrapeConfigFlags],
    ['dashboards', dashboardsFlags],
    ['alerts', alertsFlags],
  ];
  return groups.map(([mark, table]) => ({
    file: 'docs/flags.md',
    mark,
    text: markdown(
      ['Flag', 'Value', 'Default', 'What it does', 'Example'],
      Object.values(table).map(({ name, short, codec, default: standard, doc, example }) => [
        code(short === undefined ? `--${name}` : `-${short}, --${name}`),
        codec.expects,
        code(codec.format(standard)),
        doc,
        code(example),
      ]),
    ),
  }));
}

function reasonTable(): string {
  const rows = Object.entries(reasons).map(([name, { severity, sentence, action }]) => [
    `<a id="${name}"></a>${code(name)}`,
    severity,
    sentence,
    action,
  ]);
  return markdown(['Code', 'Severity', 'What it says', 'What to do'], rows);
}

function commandTable(): string {
  return markdown(
    ['Command', 'What it does'],
    commands.map(({ usage, summary }) => [code(usage), summary]),
  );
}

function metricTable(rows: readonly MetricRow[]): string {
  return markdown(
    ['Metric', 'Type', 'What it says'],
    rows.map(({ name, type, help }) => [code(name), type, help]),
  );
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Puts a table between its marks; a file without the marks is an error of whoever wrote it. */
export function place(document: string, mark: string, text: string): string {
  const [begin, end] = [`<!-- ${mark}: made from the code by npm run docs -->`, `<!-- /${mark} -->`];
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from === -1 || to < from) throw new Error(`no place for the table "${mark}": ${begin} … ${end}`);
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`;
}
