import { didYouMean } from '../text/nearest.ts';
import type { Flag, FlagTable, Settings } from './flag.ts';
import { defaults } from './flag.ts';

export type ParsedFlags<Table extends FlagTable> =
  | { readonly ok: true; readonly settings: Settings<Table>; readonly given: ReadonlySet<keyof Table> }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Nobody reads more, and each word that is no flag is compared with all flags. */
const mostTold = 20;

/**
 * Reads arguments with a table: `--name=value`, `--name value`, and for booleans `--name` and `--no-name`; where a flag
 * has a letter, `-o value`, `-o=value` and `-ovalue` too.
 * Each flag at most once, no positional arguments. Problems are reported all at once (of many the first), each as a
 * sentence that names the flag.
 * `environment` gives values to flags that name a variable and were not given.
 */
export function parseFlags<Table extends FlagTable>(
  table: Table,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
): ParsedFlags<Table> {
  const byName = new Map(Object.entries(table).map(([key, flag]) => [flag.name, { key, flag }]));
  const values: Record<string, unknown> = { ...defaults(table) };
  const given = new Set<string>();
  const problems: string[] = [];

  const take = (key: string, flag: Flag<unknown>, text: string, source: string) => {
    if (given.has(key)) return void problems.push(`${source}: given more than once`);
    given.add(key);
    const result = flag.codec.parse(text);
    if (result.ok) values[key] = result.value;
    else problems.push(`${source}: ${result.problem}`);
  };

  for (let i = 0; i < args.length; i++) {
    const argument = longForm(args[i]!, table);
    if (!argument.startsWith('--') || argument === '--') {
      problems.push(`unexpected argument ${JSON.stringify(argument)}: settings are flags, --name=value`);
      continue;
    }
    const equals = argument.indexOf('=');
    const name = argument.slice(2, equals === -1 ? undefined : equals);
    const known = byName.get(name);
    const negated = known === undefined && name.startsWith('no-') ? byName.get(name.slice(3)) : undefined;
    if (negated !== undefined && isBoolean(negated.flag)) {
      if (equals !== -1) problems.push(`--${name}: takes no value`);
      else take(negated.key, negated.flag, 'false', `--${name}`);
    } else if (known === undefined) {
      const hint = problems.length < mostTold ? didYouMean(name, byName.keys()) : '';
      problems.push(`--${name}: no such flag${hint}`);
      if (equals === -1 && args[i + 1] !== undefined && !args[i + 1]!.startsWith('--')) i++;
    } else if (equals !== -1) {
      take(known.key, known.flag, argument.slice(equals + 1), `--${name}`);
    } else if (isBoolean(known.flag)) {
      take(known.key, known.flag, 'true', `--${name}`);
    } else if (args[i + 1] === undefined || args[i + 1]!.startsWith('--')) {
      problems.push(`--${name}: needs a value, ${known.flag.codec.expects}`);
    } else {
      take(known.key, known.flag, args[++i]!, `--${name}`);
    }
  }
  for (const [key, flag] of Object.entries(table)) {
    const text = flag.env === undefined ? undefined : environment[flag.env];
    if (text !== undefined && !given.has(key)) take(key, flag, text, `environment variable ${flag.env}`);
  }
  if (problems.length === 0) return { ok: true, settings: values as Settings<Table>, given };
  const more = problems.length - mostTold;
  return { ok: false, problems: more > 0 ? [...problems.slice(0, mostTold), `and ${more} more`] : problems };
}

/** `-o` as `--output`, `-ojson` and `-o=json` as `--output=json`; everything else as it is. */
function longForm(argument: string, table: FlagTable): string {
  const [, letter, rest] = /^-([A-Za-z])=?(.*)$/s.exec(argument) ?? [];
  const flag = letter === undefined ? undefined : Object.values(table).find(({ short }) => short === letter);
  if (flag === undefined) return argument;
  return rest === '' ? `--${flag.name}` : `--${flag.name}=${rest}`;
}

function isBoolean(flag: Flag<unknown>): boolean {
  return typeof flag.default === 'boolean';
}
