import { isList, type Json, type JsonObject } from '../../src/json/json.ts';
import type { Random } from '../statsd/fuzz-random.ts';

interface Style {
  readonly random: Random;
  readonly step: number;
  readonly listOffset: number;
  readonly dash: number;
  readonly eol: string;
}

/** A value as somebody may have written it: block and flow mixed, comments, quotes of both kinds, any indentation. */
export function writtenAs(value: JsonObject, random: Random): string {
  if (random.chance(8)) return `${JSON.stringify(value, null, random.of(['  ', '    ', '\t', '']))}\n`;
  const style: Style = {
    random,
    step: random.of([2, 2, 2, 4]),
    listOffset: random.of([0, 2, 4]),
    dash: random.of([2, 2, 4]),
    eol: random.chance(5) ? '\r\n' : '\n',
  };
  const head = random.of([[], [], ['# A manifest.'], ['---'], ['# One', '', '---']]);
  return [...head, ...mapLines(value, 0, style)].join(style.eol) + style.eol;
}

function mapLines(map: JsonObject, column: number, style: Style): string[] {
  return Object.entries(map).flatMap(([key, value]) => {
    const indent = ' '.repeat(column);
    const [head, ...rest] = valueLines(value, column, style);
    return [...comment(column, style), `${indent}${text(key, style)}:${head}`, ...rest];
  });
}

/** What stands behind a key, and the lines that follow. */
function valueLines(value: Json, column: number, style: Style): [string, ...string[]] {
  // Null is written as nothing: its other spellings are not given back.
  if (value === null) return [''];
  if (!isCollection(value) || style.random.chance(8)) return [` ${flow(value, style)}${remark(style)}`];
  if (isList(value)) return ['', ...listLines(value, column + style.listOffset, style)];
  return ['', ...mapLines(value as JsonObject, column + style.step, style)];
}

function listLines(list: readonly Json[], column: number, style: Style): string[] {
  return list.flatMap((item) => {
    const dash = `${' '.repeat(column)}-${' '.repeat(style.dash - 1)}`;
    if (!isCollection(item) || isList(item) || style.random.chance(8)) return [dash + flow(item, style)];
    const lines = mapLines(item as JsonObject, column + style.dash, style);
    const first = lines.findIndex((line) => !line.trimStart().startsWith('#'));
    return [dash + lines[first]!.slice(column + style.dash), ...lines.slice(first + 1)];
  });
}

function isCollection(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function flow(value: Json, style: Style): string {
  if (typeof value === 'string') return text(value, style);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map((item) => flow(item, style)).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, held]) => `${text(key, style)}: ${flow(held, style)}`)
    .join(', ')}}`;
}

const words = /^[a-z][a-z/.-]{3,}[a-z]$/;
const notText: ReadonlySet<string> = new Set(['true', 'false', 'null']);

function text(value: string, { random }: Style): string {
  if (words.test(value) && !notText.has(value) && !random.chance(4)) return value;
  if (/^[ -~]*$/.test(value) && random.chance(2)) return `'${value.replaceAll("'", "''")}'`;
  return JSON.stringify(value);
}

function comment(column: number, { random }: Style): string[] {
  return random.chance(12) ? [`${' '.repeat(column)}# why: "so"`] : [];
}

function remark({ random }: Style): string {
  return random.chance(12) ? ' # as before' : '';
}
