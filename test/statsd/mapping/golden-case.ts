import { readdirSync, readFileSync } from 'node:fs';
import { validateFlags } from '../../../src/contract/validate.ts';
import { parseFlags } from '../../../src/flags/parse-flags.ts';
import type { EventKind, Mapping, Rule } from '../../../src/statsd/mapping/mapping.ts';
import { readMapping } from '../../../src/statsd/mapping/rules/read-mapping.ts';

export const folder = new URL('../../golden/statsd-mapping/', import.meta.url);

/**
 * One case of `test/golden/statsd-mapping/*.txt`: `=== title`, `flags:`, the mapping file, and sections with the
 * results: `--- names` (`TYPE NAME => SERIES`), `--- rules` (the settings of each rule) and `--- findings`.
 */
export interface GoldenCase {
  readonly title: string;
  readonly flags: readonly string[];
  readonly mapping: string;
  readonly sections: ReadonlyMap<string, readonly string[]>;
}

export function goldenFiles(): readonly string[] {
  return readdirSync(folder);
}

export function goldenCases(file: string): readonly GoldenCase[] {
  return readFileSync(new URL(file, folder), 'utf8').split(/^=== /m).slice(1).map(readCase);
}

function readCase(text: string): GoldenCase {
  const [head = '', ...rest] = text.trimEnd().split(/\n--- (?=(?:names|rules|findings)$)/m);
  const [title = '', ...rows] = head.split('\n');
  const flags = rows[0]?.startsWith('flags: ') ? rows.shift()!.slice('flags: '.length).split(' ') : [];
  const sections = rest.map((section): [string, readonly string[]] => {
    const [name = '', ...lines] = section.trimEnd().split('\n');
    return [name, lines];
  });
  return { title, flags, mapping: `${rows.join('\n')}\n`, sections: new Map(sections) };
}

/** The sections of a case, computed. */
export function answered({ flags, mapping: text, sections }: GoldenCase): ReadonlyMap<string, readonly string[]> {
  const parsed = parseFlags(validateFlags, flags);
  if (!parsed.ok) throw new Error(parsed.problems.join());
  const { strictConfig: strict, compatGlob } = parsed.settings;
  const result = readMapping(text, { strict, compatGlob });
  return new Map(
    [...sections].map(([name, rows]) => {
      if (name === 'findings') {
        return [
          name,
          result.findings.map((one) => `${one.line}:${one.column}: ${one.severity}: ${one.message} (${one.code})`),
        ];
      }
      if (!result.ok) return [name, ['refused']];
      const { mapping } = result;
      if (name === 'rules') return [name, rulesOf(mapping)];
      return [name, rows.map((row) => `${row.split(' => ')[0]} => ${seriesOf(mapping, row.split(' => ')[0]!)}`)];
    }),
  );
}

function seriesOf(mapping: Mapping, sample: string): string {
  const space = sample.indexOf(' ');
  const found = mapping.find(sample.slice(0, space) as EventKind, sample.slice(space + 1));
  if (found === undefined) return 'unmapped';
  const { rule, name, labels } = found;
  if (rule.action === 'drop') return `dropped by line ${rule.line}`;
  const pairs = labels.map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} by line ${rule.line}`;
}

function rulesOf({ rules, defaults }: Mapping): readonly string[] {
  return [
    `defaults: ttl ${defaults.ttl}ms, ${defaults.observer === undefined ? 'observer by flags' : JSON.stringify(defaults.observer)}`,
    ...rules.map((rule) => `line ${rule.line}: ${settingsOf(rule)}`),
  ];
}

function settingsOf({ ttl, scale, honorLabels, help, observer }: Rule): string {
  return [
    `ttl ${ttl}ms`,
    ...(scale === undefined ? [] : [`scale ${scale}`]),
    ...(honorLabels ? ['honor_labels'] : []),
    ...(help === undefined ? [] : [`help ${help}`]),
    JSON.stringify(observer),
  ].join(', ');
}
