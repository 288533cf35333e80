import type { Json, JsonObject } from '../../json/json.ts';
import { doubleQuoted, scalarText } from './scalar-text.ts';

/** The style of a value between brackets. */
export interface FlowStyle {
  /** Keys and texts in double quotes, as JSON has them. */
  readonly json: boolean;
  /** Each child on a line of its own. */
  readonly multiline: boolean;
  /** The indentation that each level adds. */
  readonly unit: string;
  /** With the space behind it, where the style has one. */
  readonly colon: string;
  readonly comma: string;
  readonly eol: string;
}

/** YAML in one line, and JSON in one line without spaces. */
export const flatFlow: FlowStyle = { json: false, multiline: false, unit: '  ', colon: ': ', comma: ', ', eol: '\n' };
export const minified: FlowStyle = { ...flatFlow, json: true, colon: ':', comma: ',' };

/** @param indent the indentation of the line in which the text begins */
export function flowText(value: Json, style: FlowStyle, indent: string): string {
  if (typeof value !== 'object' || value === null) return flowScalar(value, style);
  const inner = indent + style.unit;
  const children = Array.isArray(value)
    ? value.map((item) => flowText(item, style, inner))
    : Object.entries(value as JsonObject).map(([key, held]) => flowEntry(key, held, style, inner));
  const [left, right] = Array.isArray(value) ? '[]' : '{}';
  if (children.length === 0) return `${left}${right}`;
  if (!style.multiline) return `${left}${children.join(style.comma)}${right}`;
  const line = `${style.eol}${inner}`;
  return `${left}${line}${children.join(`,${line}`)}${style.eol}${indent}${right}`;
}

export function flowEntry(key: string, value: Json, style: FlowStyle, indent: string): string {
  return `${flowKey(key, style)}${style.colon}${flowText(value, style, indent)}`;
}

export function flowKey(key: string, style: FlowStyle): string {
  return key === '<<' ? '"<<"' : flowScalar(key, style);
}

function flowScalar(value: null | boolean | number | string, { json }: FlowStyle): string {
  if (json && typeof value === 'string') return doubleQuoted(value);
  return scalarText(value, { quote: 'double', flow: true });
}
