import type { Json } from '../../src/json/json.ts';
import type { Random } from '../statsd/fuzz-random.ts';

/** A document in a style of its own, and what it says. */
export interface Written {
  readonly text: string;
  readonly value: Json;
}

interface Style {
  readonly random: Random;
  readonly step: number;
  readonly listOffset: number;
  readonly dash: number;
  readonly aliases: boolean;
  /** Anchors so far, with what they name. */
  readonly anchors: { readonly name: string; readonly value: Json }[];
  comments: number;
}

const words = ['app', 'web-1', '/metrics', 'a b', '--port=80', 'x:y', 'é', '$(HOME)', 'name', 'v1.2', '64Mi', 'a#b'];
const quoted = [
  'yes',
  '9102',
  '',
  ' x',
  'a: b',
  'x #y',
  '{"a":1}',
  '- a',
  'null',
  "it's",
  'C:\\x',
  '~',
  '1e3',
  '{{ .Values.x }}',
  '*',
  '0x1f',
  '日本',
];
const keys = [
  'name',
  'metadata',
  'annotations',
  'spec',
  'containers',
  'env',
  'prometheus.io/port',
  'a',
  'b',
  'c-d',
  'x/y',
  'k1',
  'k2',
  'k3',
];

/** @param aliases whether anchors, aliases and merge keys are among what is written */
export function randomDocument(random: Random, aliases: boolean): Written {
  const style: Style = {
    random,
    step: random.of([2, 2, 2, 4, 3]),
    listOffset: random.of([0, 0, 2, 4]),
    dash: random.of([2, 2, 2, 4]),
    aliases,
    anchors: [],
    comments: 0,
  };
  const { lines, value } = blockMap(style, 0, 0);
  const eol = random.chance(5) ? '\r\n' : '\n';
  const end = random.chance(4) && !/^\s*$/.test(lines.at(-1)!) ? '' : eol;
  return { text: lines.join(eol) + end, value };
}

/** A value as programs print it: two spaces, a tab, or no space at all. */
export function randomJson(random: Random): Written {
  const value = { kind: 'Pod', ...(randomValue(random, 4) as object) } as Json;
  const text = JSON.stringify(value, null, random.of(['  ', '    ', '\t', '']));
  return { text: text + random.of(['', '\n']), value };
}

export function randomValue(random: Random, depth: number): Json {
  const kind = random.below(depth > 0 ? 10 : 6);
  if (kind < 4)
    return random.of([
      ...words,
      ...quoted,
      'a\nb',
      'a\n\nb\n',
      'x\n',
      '\n',
      'a\tb',
      'a \nb',
      '\u0085',
      '\ud83d\ude00',
      'k: |\n  x\n',
    ]);
  if (kind === 4) return random.of([0, 1, -3, 9102, 1.5, 1e21, true, false]);
  if (kind === 5) return random.of([null, {}, [], '']);
  const size = random.below(4);
  if (kind < 8) return Array.from({ length: size }, () => randomValue(random, depth - 1));
  return Object.fromEntries(Array.from({ length: size }, () => [random.of(keys), randomValue(random, depth - 1)]));
}

interface Block {
  readonly lines: string[];
  readonly value: Json;
}

function blockMap(style: Style, column: number, depth: number): Block {
  const { random } = style;
  const lines: string[] = [];
  const value: Record<string, Json> = {};
  const pad = ' '.repeat(column);
  for (const key of shuffledKeys(random)) {
    noise(style, lines, pad);
    const merged = style.aliases && random.chance(8) ? mapAnchor(style) : undefined;
    if (merged !== undefined && !lines.some((line) => line.startsWith(`${pad}<<:`))) {
      lines.push(`${pad}<<: *${merged.name}${comment(style)}`);
      Object.assign(value, merged.value);
    }
    const written = random.chance(6) ? quote(random, key) : key;
    if (random.chance(25)) {
      const held = scalar(style);
      lines.push(`${pad}? ${written}`, `${pad}: ${held.text}${comment(style)}`);
      value[key] = held.value;
      continue;
    }
    const held = afterKey(style, column, depth);
    lines.push(`${pad}${written}:${held.lines[0]}`, ...held.lines.slice(1));
    value[key] = held.value;
  }
  // An entry that replaces a merged one keeps its place in a JavaScript object; the order of keys is not compared.
  return { lines, value };
}

function blockList(style: Style, column: number, depth: number): Block {
  const lines: string[] = [];
  const value: Json[] = [];
  const pad = ' '.repeat(column);
  for (let i = style.random.below(3); i >= 0; i--) {
    noise(style, lines, pad);
    const held = afterDash(style, column, depth);
    lines.push(`${pad}-${held.lines[0]}`, ...held.lines.slice(1));
    value.push(held.value);
  }
  return { lines, value };
}

/** The first line follows the colon. */
function afterKey(style: Style, column: number, depth: number): Block {
  const { random } = style;
  if (depth < 4 && random.chance(2)) {
    const isMap = random.chance(2);
    const mark = anchor(style);
    const inner = isMap
      ? blockMap(style, column + style.step, depth + 1)
      : blockList(style, column + style.listOffset, depth + 1);
    define(style, mark, inner.value);
    return { lines: [`${mark === undefined ? '' : ` &${mark}`}${comment(style)}`, ...inner.lines], value: inner.value };
  }
  return single(style, column + style.step);
}

function afterDash(style: Style, column: number, depth: number): Block {
  const { random } = style;
  if (depth < 4 && random.chance(2)) {
    const inner = column + style.dash;
    const isMap = !random.chance(3);
    const held = isMap ? blockMap(style, inner, depth + 1) : blockList(style, inner, depth + 1);
    if (/^ *#|^\s*$/.test(held.lines[0]!)) return { lines: [comment(style), ...held.lines], value: held.value };
    return {
      lines: [' '.repeat(style.dash - 1) + held.lines[0]!.slice(inner), ...held.lines.slice(1)],
      value: held.value,
    };
  }
  return single(style, column + 2);
}

/** What needs no block: a scalar, a flow collection, an alias, nothing. */
function single(style: Style, column: number): Block {
  const { random } = style;
  const kind = random.below(12);
  if (kind === 0) return { lines: [random.chance(3) ? ' ' : comment(style)], value: null };
  if (kind === 1) return literal(style, column);
  if (kind === 4) return broken(style, column);
  if (kind < 4) {
    const held = flow(style, 2, column);
    return { lines: ` ${held.text}${comment(style)}`.split('\n'), value: held.value };
  }
  const held = scalar(style);
  return { lines: [` ${held.text}${comment(style)}`], value: held.value };
}

/** A text in quotes that goes on at any column, as kubectl allows. */
function broken({ random }: Style, column: number): Block {
  const mark = random.of(["'", '"']);
  const gap = random.chance(3) ? [''] : [];
  const lines = [` ${mark}one`, ...gap, `${' '.repeat(random.below(column + 3))}# two: x${mark}`];
  return { lines, value: `one${gap.length === 1 ? '\n' : ' '}# two: x` };
}

function literal({ random }: Style, column: number): Block {
  const pad = ' '.repeat(column);
  const [first, second] = [random.of(words), random.of(words)];
  const gap = random.chance(2) ? [''] : [];
  const between = gap.length === 1 ? '\n\n' : '\n';
  const lines = [`${pad}${first}`, ...gap, `${pad}${second}`];
  const end = random.below(3);
  if (end === 0) return { lines: [' |-', ...lines], value: first + between + second };
  if (end === 1) return { lines: [' | # text', ...lines, ''], value: `${first}${between}${second}\n` };
  // What follows would otherwise add its blank lines.
  return { lines: [' |+', ...lines, '', '# kept'], value: `${first}${between}${second}\n\n` };
}

interface Inline {
  readonly text: string;
  readonly value: Json;
}

function flow(style: Style, depth: number, column: number): Inline {
  const { random } = style;
  const size = random.below(4);
  const isMap = random.chance(2);
  const isJson = random.chance(3);
  const [left, right] = isMap ? '{}' : '[]';
  if (size === 0) return { text: left + random.of(['', '', ' ']) + right, value: isMap ? {} : [] };
  const multiline = random.chance(3);
  const texts: string[] = [];
  const value: Json = isMap ? {} : [];
  const names = shuffledKeys(random);
  for (let i = 0; i < size; i++) {
    const name = names[i % names.length]!;
    if (isMap && Object.hasOwn(value as object, name)) continue;
    const held = depth > 0 && random.chance(4) ? flow(style, depth - 1, column + 2) : scalar(style, isJson);
    if (Array.isArray(value)) (value as Json[]).push(held.value);
    else (value as Record<string, Json>)[name] = held.value;
    texts.push(isMap ? `${isJson ? JSON.stringify(name) : name}: ${held.text}` : held.text);
  }
  const pad = random.of(['', '', ' ']);
  if (!multiline) return { text: left + pad + texts.join(random.of([', ', ', ', ' , '])) + pad + right, value };
  const inner = `\n${' '.repeat(random.chance(4) ? random.below(column + 3) : column + 2)}`;
  const last = random.chance(3) && !isJson ? ',' : '';
  return { text: `${left}${inner}${texts.join(`,${inner}`)}${last}\n${' '.repeat(column)}${right}`, value };
}

function scalar(style: Style, isJson = false): Inline {
  const { random } = style;
  if (isJson) {
    const value = random.of<Json>([...words, ...quoted, 1, true, null]);
    return { text: JSON.stringify(value), value };
  }
  const known = style.aliases && random.chance(4) ? style.anchors.at(-1 - random.below(3)) : undefined;
  if (known !== undefined) return { text: `*${known.name} `, value: known.value };
  const mark = anchor(style);
  const value = random.of<Json>([...words, ...quoted, 1, 80, -1, 1.5, true, false, null]);
  define(style, mark, value);
  const bare = typeof value !== 'string' || (words.includes(value) && !random.chance(3));
  const text = bare ? String(value) : quote(random, value as string);
  return { text: (mark === undefined ? '' : `&${mark} `) + text, value };
}

function quote(random: Random, text: string): string {
  return random.chance(2) ? JSON.stringify(text) : `'${text.replaceAll("'", "''")}'`;
}

function anchor(style: Style): string | undefined {
  const name = style.random.of(['a', 'b', 'c', 'd']);
  if (!style.aliases || !style.random.chance(5)) return undefined;
  forget(style, name);
  return name;
}

/** Until its value is whole nothing may refer to an anchor. */
function forget({ anchors }: Style, name: string): void {
  const before = anchors.findIndex((one) => one.name === name);
  if (before >= 0) anchors.splice(before, 1);
}

/** The name means something else from here on. */
function define(style: Style, name: string | undefined, value: Json): void {
  if (name === undefined) return;
  forget(style, name);
  style.anchors.push({ name, value });
}

function mapAnchor({ anchors }: Style) {
  return anchors.find(({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value));
}

function noise(style: Style, lines: string[], pad: string): void {
  const { random } = style;
  if (random.chance(8)) lines.push('');
  if (random.chance(6)) lines.push(`${random.of([pad, pad, ''])}# c${style.comments++}`);
}

function comment(style: Style): string {
  return style.random.chance(5) ? `${style.random.of([' ', '   '])}# c${style.comments++}` : '';
}

function shuffledKeys(random: Random): string[] {
  const size = 1 + random.below(4);
  return [...new Set(Array.from({ length: size }, () => random.of(keys)))];
}
