import { readdirSync, readFileSync } from 'node:fs';

/** The steps of a case, in order. */
export type Step =
  /** Each row is a line, over the transport of the runner. */
  | { readonly kind: 'lines'; readonly rows: readonly Buffer[] }
  /** Each row is a datagram. */
  | { readonly kind: 'udp'; readonly rows: readonly Buffer[] }
  /** Each row is the content of a connection of its own. */
  | { readonly kind: 'tcp'; readonly rows: readonly Buffer[] }
  | { readonly kind: 'wait'; readonly milliseconds: number }
  /** The mapping file is changed, and reloaded. */
  | { readonly kind: 'reload'; readonly mapping: string };

/** The answer of a program to a case: rows of its page, or the reason why there is none. */
export type Answer =
  | { readonly kind: 'page'; readonly rows: readonly string[] }
  /** The program refuses its configuration and does not start. */
  | { readonly kind: 'does not start' }
  /** The process ends. */
  | { readonly kind: 'dies' }
  /** Its page is an error. */
  | { readonly kind: 'no page' };

/** One case of `test/golden/statsd/`; its README is the format. */
export interface ConformanceCase {
  readonly file: string;
  readonly title: string;
  /** Numbers of the rules that the case shows. */
  readonly rules: readonly string[];
  /** Our flags; the reference gets those that it knows. */
  readonly flags: readonly string[];
  /** Compare the spelling and the order of the rows too. */
  readonly exactly: boolean;
  readonly mapping: string | undefined;
  /** The configuration with which the reference does the same as our flags. */
  readonly peerMapping: string | undefined;
  readonly steps: readonly Step[];
  readonly expected: Answer;
  /** The deliberate difference that the case shows, and the answer of the reference. */
  readonly differs: { readonly id: string; readonly why: string; readonly peer: Answer } | undefined;
}

const folder = new URL('../golden/statsd/', import.meta.url);

/** All cases by file. Throws where a file has another format. */
export function conformanceCases(): readonly ConformanceCase[] {
  return caseFiles().flatMap((file) => readCases(file, readFileSync(new URL(file, folder), 'utf8')));
}

/** The files of cases. */
export function caseFiles(): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .sort();
}

/** The rules by number, with their subjects: the table of the README. */
export function ruleTable(): ReadonlyMap<string, string> {
  const readme = readFileSync(new URL('README.md', folder), 'utf8');
  return new Map(
    [...readme.matchAll(/^\| ([234][.\da-g]*) \| (.*) \|$/gm)].map(([, number, text]) => [number!, text!]),
  );
}

/** The cases of one file's text. */
export function readCases(file: string, text: string): readonly ConformanceCase[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .map((part) => readCase(file, part));
}

interface Section {
  readonly name: string;
  readonly rows: readonly string[];
}

function readCase(file: string, text: string): ConformanceCase {
  const [head = '', ...parts] = text.trimEnd().split(/^--- /m);
  const [title = '', ...settingRows] = head.trimEnd().split('\n');
  const where = `${file}: ${title}`;
  const settings = new Map(settingRows.map((row) => setting(where, row)));
  const sections = parts.map((part): Section => {
    const [name = '', ...rows] = part.replace(/\n$/, '').split('\n');
    return { name, rows };
  });
  const only = (name: string) => sections.find((section) => section.name === name)?.rows;
  const expected = only('expect');
  if (expected === undefined) throw new Error(`${where}: no --- expect`);
  const first = sections[0]?.name === 'mapping' ? sections[0].rows : undefined;
  return {
    file,
    title,
    rules: settings.get('rule')?.split(' ') ?? [],
    flags: settings.get('flags')?.split(' ') ?? [],
    exactly: settings.get('compare') === 'exactly',
    mapping: first?.join('\n'),
    peerMapping: only('peer mapping')?.join('\n'),
    steps: sections.slice(first === undefined ? 0 : 1).flatMap((section) => stepOf(where, section)),
    expected: answerOf(expected),
    differs: difference(where, settings.get('differs'), only('peer')),
  };
}

function setting(where: string, row: string): [string, string] {
  const [, name, value] = /^(rule|flags|differs|compare): (.+)$/.exec(row) ?? [];
  if (name === undefined || value === undefined) throw new Error(`${where}: ${row}`);
  return [name, value];
}

function difference(
  where: string,
  text: string | undefined,
  rows: readonly string[] | undefined,
): ConformanceCase['differs'] {
  if (text === undefined && rows === undefined) return undefined;
  const [, id, why] = /^([a-z-]+): (.+)$/.exec(text ?? '') ?? [];
  if (id === undefined || rows === undefined) {
    throw new Error(`${where}: differs: <id>: <what the reference does>, and its answer below --- peer`);
  }
  return { id, why: why!, peer: answerOf(rows) };
}

function answerOf(rows: readonly string[]): Answer {
  const [only] = rows;
  if (only === 'does not start' || only === 'dies' || only === 'no page') return { kind: only };
  return { kind: 'page', rows };
}

function stepOf(where: string, { name, rows }: Section): readonly Step[] {
  if (name === 'lines' || name === 'udp' || name === 'tcp') return [{ kind: name, rows: rows.map(bytesOf) }];
  if (name === 'mapping') return [{ kind: 'reload', mapping: rows.join('\n') }];
  const [, milliseconds] = /^wait (\d+)ms$/.exec(name) ?? [];
  if (milliseconds !== undefined) return [{ kind: 'wait', milliseconds: Number(milliseconds) }];
  if (name !== 'expect' && name !== 'peer' && name !== 'peer mapping') throw new Error(`${where}: --- ${name}`);
  return [];
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0', '\\': '\\' };

/** A row with the escapes of C, and `\{a*5000}` for so many of a character. */
export function bytesOf(row: string): Buffer {
  const parts = row.split(/(\\x[0-9a-f]{2}|\\\{.\*\d+\}|\\[nrt0\\])/);
  return Buffer.concat(
    parts.map((part) => {
      if (!part.startsWith('\\')) return Buffer.from(part);
      if (part.startsWith('\\x')) return Buffer.from(part.slice(2), 'hex');
      if (part.startsWith('\\{')) return Buffer.from(part[2]!.repeat(Number(part.slice(4, -1))));
      return Buffer.from(escapes[part[1]!] ?? part);
    }),
  );
}
