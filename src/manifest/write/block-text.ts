import type { Json, JsonObject } from '../../json/json.ts';
import { flatFlow, flowText } from './flow-text.ts';
import type { BlockStyle } from './layout-style.ts';
import { literalText, scalarText } from './scalar-text.ts';

/** A value in block style: the text on the line of its key or dash, and the indented lines that follow. */
export interface BlockText {
  readonly head: string;
  readonly lines: readonly string[];
}

/** @param column of the key's first character, from 0 */
export function afterKey(value: Json, column: number, style: BlockStyle): BlockText {
  if (isBlock(value)) {
    const inner = Array.isArray(value) ? column + style.listOffset : column + style.step;
    return { head: '', lines: blockLines(value, inner, style) };
  }
  return inline(value, column + style.step, style);
}

/** @param column where the content begins: the first key of a map stands on the line of the dash */
export function afterDash(value: Json, column: number, style: BlockStyle): BlockText {
  if (!isBlock(value)) return inline(value, column, style);
  const [first = '', ...lines] = blockLines(value, column, style);
  return { head: first.slice(column), lines };
}

/** The lines of a map or list that is not empty; every one begins with its indentation. */
export function blockLines(value: Json, column: number, style: BlockStyle): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => itemLines(item, column, style));
  return Object.entries(value as JsonObject).flatMap(([key, held]) => entryLines(key, held, column, style));
}

export function entryLines(key: string, value: Json, column: number, style: BlockStyle): string[] {
  const { head, lines } = afterKey(value, column, style);
  return [`${' '.repeat(column)}${keyText(key, style)}:${head === '' ? '' : ` ${head}`}`, ...lines];
}

export function itemLines(value: Json, column: number, style: BlockStyle): string[] {
  const { head, lines } = afterDash(value, column + style.dashWidth, style);
  return [`${' '.repeat(column)}-${' '.repeat(style.dashWidth - 1)}${head}`, ...lines];
}

export function keyText(key: string, { quote }: BlockStyle): string {
  return key === '<<' ? '"<<"' : scalarText(key, { quote, flow: true });
}

/** Whether a value takes lines of its own: maps and lists that are not empty. */
export function isBlock(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function inline(value: Json, column: number, { quote, literal }: BlockStyle): BlockText {
  if (typeof value === 'object' && value !== null) return { head: flowText(value, flatFlow, ''), lines: [] };
  const text = typeof value === 'string' && literal ? literalText(value) : undefined;
  if (text === undefined) return { head: scalarText(value, { quote, flow: false }), lines: [] };
  const lines = text.lines.map((line) => (line === '' ? '' : ' '.repeat(column) + line));
  return { head: text.header, lines };
}
