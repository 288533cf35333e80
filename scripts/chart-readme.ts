/**
 * The generated parts of the chart: in values.yaml a section for each kind, the README's table (from the sentences in
 * values.yaml), and in values.schema.json the descriptions (from the same sentences) and `sidecars` (from the table of
 * annotations).
 * `scripts/with-node24.mjs scripts/chart-readme.ts` writes them, `test/chart/generated.test.ts` compares them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import type { AnnotationTable } from '../src/contract/annotation.ts';
import { prefix } from '../src/contract/names.ts';
import { annotationTables } from '../src/kinds/annotations.ts';
import { kindNames } from '../src/kinds/kind-names.ts';
import { lockWords } from '../src/settings/lock.ts';
import { userChoices } from '../src/settings/settings-file.ts';
import { withTable } from './docs-tables.ts';
import { settingSchema } from './setting-schema.ts';

const chart = join(import.meta.dirname, '../charts/metrics-sidecar');

/** One value of the chart: a leaf, or a map that has one sentence for all of it. */
export interface ValueRow {
  readonly path: readonly string[];
  readonly doc: string;
  readonly standard: unknown;
}

type Json = { readonly [key: string]: unknown };

/** The rows of a values.yaml, in its order. A value without a sentence (`# -- …` above it) is an error. */
export function valueRows(text: string): ValueRow[] {
  const values = load(text) as Json;
  const rows: ValueRow[] = [];
  let doc: string | undefined;
  let above: { readonly indent: number; readonly name: string }[] = [];
  let documented: number | undefined;
  for (const line of text.split('\n')) {
    const comment = /^ *# (?:(-- ))?(.*)$/.exec(line);
    if (comment !== null) {
      if (comment[1] !== undefined) doc = comment[2];
      else if (doc !== undefined) doc += ` ${comment[2]}`;
      continue;
    }
    const key = /^( *)([\w-]+):(?: (.*))?$/.exec(line);
    if (key === null) continue;
    const [, { length: indent }, name, value] = key as unknown as [string, string, string, string | undefined];
    if (documented !== undefined && indent > documented) continue;
    documented = undefined;
    above = above.filter((section) => section.indent < indent);
    const path = [...above.map((section) => section.name), name];
    if (doc === undefined) {
      if (value !== undefined) throw new Error(`values.yaml: ${path.join('.')} has no sentence (# -- …)`);
      above.push({ indent, name });
      continue;
    }
    rows.push({ path, doc, standard: at(values, path) });
    [doc, documented] = [undefined, indent];
  }
  return rows;
}

function at(values: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Json)[key], values);
}

/**
 * The values with a section of `sidecars` for each kind, and the names of the kinds in the sentence that lists them.
 */
export function completedValues(text: string): string {
  const named = text.replace(/(pods and namespaces may ask for \()[^)]*/, (_, start) => start + kindNames.join(', '));
  const { sidecars } = load(named) as { readonly sidecars: Json };
  const missing = kindNames.filter((name) => sidecars[name] === undefined);
  const sections = missing.map((name) => `  # -- Defaults of \`${name}.${prefix}/<setting>\`.\n  ${name}: {}\n`);
  return named.replace(/^sidecars:\n(?: .*\n)*/m, (section) => section + sections.join(''));
}

/** The README's table, without its marks. */
export function valuesTable(rows: readonly ValueRow[]): string {
  const cells = rows.map(({ path, doc, standard }) => [
    `\`${path.join('.')}\``,
    standard === '' ? '' : `\`${JSON.stringify(standard)}\``,
    doc,
  ]);
  const lines = [['Value', 'Default', 'What it says'], ['---', '---', '---'], ...cells].map(
    (row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`,
  );
  return lines.join('\n');
}

/** Settings that belong to one application have no default (docs/settings.md). */
const settingsOf = (table: AnnotationTable) =>
  Object.values(table).filter(({ ofOneApplication }) => ofOneApplication !== true);

/** The sections of `sidecars`: the container's settings are called `defaults` there. */
const sections: Readonly<Record<string, AnnotationTable>> = Object.fromEntries(
  [...annotationTables].map(([scope, table]) => [scope === 'sidecar' ? 'defaults' : scope, table]),
);

/** The webhook refuses settings with a word that matches no annotation. */
const annotationKeys = { $ref: '#/definitions/annotationKeys' };

function sidecarsSchema(): Json {
  const section = (table: AnnotationTable): Json => ({
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
      settingsOf(table).map(({ setting, codec, doc }) => [setting, { description: doc, ...settingSchema(codec) }]),
    ),
  });
  const lists = {
    locked: annotationKeys,
    allowed: annotationKeys,
    kinds: { type: 'array', items: { enum: [...kindNames] } },
  };
  return {
    annotations: { type: 'object', additionalProperties: false, properties: lists },
    users: { enum: [...userChoices] },
    ...Object.fromEntries(Object.entries(sections).map(([name, table]) => [name, section(table)])),
  };
}

type Schema = { description?: string; properties?: Record<string, Schema>; [key: string]: unknown };

/** The schema with the sentences and the settings of the sidecars written into it. */
export function completedSchema(text: string, rows: readonly ValueRow[]): string {
  const schema = JSON.parse(text) as Schema;
  schema.properties!.sidecars!.properties = sidecarsSchema() as Record<string, Schema>;
  (schema.definitions as Record<string, Json>).annotationKeys = { type: 'array', items: { enum: [...lockWords] } };
  for (const { path, doc } of rows) {
    const parent = path.slice(0, -1).reduce<Schema | undefined>((node, key) => node?.properties?.[key], schema);
    const name = path.at(-1)!;
    const node = parent?.properties?.[name];
    if (node === undefined) throw new Error(`values.schema.json: nothing about ${path.join('.')}`);
    const { description: _, ...rest } = node;
    // Beside `$ref` draft-07 reads nothing; a description there is for people and editors only.
    parent!.properties![name] = { description: doc, ...rest };
  }
  return `${written(schema, '')}\n`;
}

/** JSON as Biome formats it: a list of scalars on one line where it fits. */
function written(value: unknown, indent: string, before = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    const fits = indent.length + before + line.length + 1 <= 120;
    if (fits && value.every((item) => typeof item !== 'object')) return line;
    return `[\n${value.map((item) => deeper + written(item, deeper)).join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  const lines = entries.map(([key, item]) => {
    const name = `${JSON.stringify(key)}: `;
    return deeper + name + written(item, deeper, name.length);
  });
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

/** The generated files of the chart, as they have to be. */
export function chartFiles(): { readonly path: string; readonly text: string }[] {
  const read = (file: string) => readFileSync(join(chart, file), 'utf8');
  const values = completedValues(read('values.yaml'));
  const rows = valueRows(values);
  return [
    { path: join(chart, 'values.yaml'), text: values },
    { path: join(chart, 'README.md'), text: withTable(read('README.md'), { mark: 'values', text: valuesTable(rows) }) },
    { path: join(chart, 'values.schema.json'), text: completedSchema(read('values.schema.json'), rows) },
  ];
}

if (import.meta.main) for (const { path, text } of chartFiles()) writeFileSync(path, text);
