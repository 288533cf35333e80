import { statsdFlags } from '../../src/contract/statsd.ts';
import { parseFlags } from '../../src/flags/parse-flags.ts';
import { readNameTags } from '../../src/statsd/line/tags.ts';
import type { EventKind, RuleMatch } from '../../src/statsd/mapping/mapping.ts';
import { readMapping } from '../../src/statsd/mapping/rules/read-mapping.ts';
import { type Rule, type Template, writtenRule } from './statsd-mapping.ts';

/** Where the globs of a file mean something else than statsd_exporter makes of them. */
export interface Globs {
  /** Whether the name of a line is matched otherwise there. */
  readonly differs: (line: Buffer) => boolean;
  /** Names that we match otherwise than they are meant; empty unless there is a fault. */
  readonly wrong: readonly string[];
}

const kinds = ['counter', 'gauge', 'observer'] as const;

/**
 * Both ways to match, for a file of the rules of many pairs. Lines that statsd_exporter matches otherwise are not
 * compared with it, so what we make of every name is compared with what is meant.
 */
export function globsOf(
  flags: readonly string[],
  defaults: Readonly<Record<string, unknown>>,
  rules: readonly (readonly Rule[])[],
): Globs {
  const mappings = rules.flatMap((some, pair) => some.map((rule) => writtenRule(`p${pair}`, rule, false)));
  const [ours, compat] = [false, true].map((compatGlob) =>
    readMapping(JSON.stringify({ defaults, mappings }), { strict: true, compatGlob }),
  );
  if (ours?.ok !== true || compat?.ok !== true) throw new Error(`no mapping file: ${JSON.stringify(mappings)}`);
  const before = rules.map((_, pair) => rules.slice(0, pair).reduce((sum, some) => sum + some.length, 0));
  const ordered = defaults['glob_disable_ordering'] !== true;
  const rawName = nameReader(flags);
  const wrong: string[] = [];
  const differs = (line: Buffer) => {
    const name = rawName(line);
    const pair = Number(/^p(\d+)\./.exec(name)?.[1]);
    return kinds.some((kind) => {
      const found = ours.mapping.find(kind, name);
      const own = rules[pair];
      if (own !== undefined && !asMeant(found, meant(`p${pair}`, own, kind, name, ordered), own, before[pair]!)) {
        wrong.push(`${kind} ${name}: rule ${found?.rule.index}, ${found?.name} ${found?.labels}`);
      }
      return told(found) !== told(compat.mapping.find(kind, name));
    });
  };
  return { differs, wrong };
}

function nameReader(flags: readonly string[]): (line: Buffer) => string {
  const parsed = parseFlags(statsdFlags, flags);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const { parseSignalfxTags, parseLibratoTags, parseInfluxdbTags } = parsed.settings;
  const styles = {
    signalfxTags: parseSignalfxTags,
    libratoTags: parseLibratoTags,
    influxdbTags: parseInfluxdbTags,
  };
  return (line) => readNameTags(line.toString('utf8').split(':', 1)[0]!, styles).name;
}

function told(found: RuleMatch | undefined): string {
  return JSON.stringify([found?.rule.index, found?.name, found?.labels]);
}

/** A rule among those of its pair, and what it makes of a name. */
interface Meant {
  readonly at: number;
  readonly name: string;
  readonly labels: string;
}

function asMeant(
  found: RuleMatch | undefined,
  glob: Meant | undefined,
  rules: readonly Rule[],
  before: number,
): boolean {
  if (glob === undefined) return found === undefined || rules[found.rule.index - before]?.type === 'regex';
  return found?.rule.index === before + glob.at && found.name === glob.name && `${found.labels}` === glob.labels;
}

/**
 * What the authors of globs mean, told without a machine: the first rule of the file whose segments are those of the
 * name; without an order the one that has text, at the first place where two differ.
 */
function meant(
  prefix: string,
  rules: readonly Rule[],
  kind: EventKind,
  name: string,
  ordered: boolean,
): Meant | undefined {
  const segments = name.slice(prefix.length + 1).split('.');
  const matching = rules
    .map((rule, at) => ({ rule, at, stars: rule.match.map((part) => (typeof part === 'string' ? '0' : '1')).join('') }))
    .filter(({ rule }) => rule.type === 'glob' && (rule.kind === undefined || rule.kind === kind))
    .filter(({ rule: { match } }) => match.length === segments.length)
    .filter(({ rule: { match } }) => match.every((part, i) => typeof part !== 'string' || part === segments[i]));
  if (!ordered) matching.sort((a, b) => (a.stars === b.stars ? a.at - b.at : a.stars < b.stars ? -1 : 1));
  const [first] = matching;
  if (first === undefined) return undefined;
  const { rule, at } = first;
  const captures = segments.filter((_, i) => typeof rule.match[i] !== 'string');
  return {
    at,
    name: `${prefix}_${rendered(rule.name, captures)}`,
    labels: rule.labels.map(([label, value]) => `${label},${rendered(value, captures)}`).join(),
  };
}

function rendered(template: Template, captures: readonly string[]): string {
  return template.map((part) => (typeof part === 'string' ? part : (captures[part.capture - 1] ?? ''))).join('');
}
