import { didYouMean } from '../text/nearest.ts';
import type { Flag, FlagTable, Settings } from './flag.ts';
import { defaults } from './flag.ts';

export type ParsedFlags<Table extends FlagTable> =
  | {
      readonly ok: true;
      readonly settings: Settings<Table>;
      readonly given: ReadonlySet<keyof Table>;
      readonly operands: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly string[]; readonly operands: readonly string[] };

/** People read no more, and each unknown flag is compared with all flags of the table. */
const mostProblems = 20;

/**
 * Reads arguments with a table: `--name=value`, `--name value`, and for booleans `--name` and `--no-name`; where a flag
 * has a letter, `-o value`, `-o=value` and `-ovalue` too. Each flag at most once. All problems are reported at once (of
 * many the first), each as a sentence that names the flag.
 *
 * @param environment gives values to flags that name a variable and are not among the arguments
 * @param takes `operands`: words that are no flags, `-`, and everything after `--` are operands, wherever they stand;
 * else they are problems
 */
export function parseFlags<Table extends FlagTable>(
  table: Table,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
  takes: 'flags' | 'operands' = 'flags',
): ParsedFlags<Table> {
  const parsing = new Parsing(table, takes === 'operands');
  for (let at = 0; at < args.length; ) at = parsing.read(args, at);
  parsing.readEnvironment(environment);
  return parsing.result() as ParsedFlags<Table>;
}

class Parsing {
  readonly #table: FlagTable;
  readonly #takesOperands: boolean;
  readonly #byName: ReadonlyMap<string, { readonly key: string; readonly flag: Flag<unknown> }>;
  readonly #values: Record<string, unknown>;
  readonly #given = new Set<string>();
  readonly #operands: string[] = [];
  readonly #problems: string[] = [];

  constructor(table: FlagTable, takesOperands: boolean) {
    this.#table = table;
    this.#takesOperands = takesOperands;
    this.#byName = new Map(Object.entries(table).map(([key, flag]) => [flag.name, { key, flag }]));
    this.#values = { ...defaults(table) };
  }

  /** Reads the argument at an index. @returns the index of the next one */
  read(args: readonly string[], at: number): number {
    const word = args[at]!;
    if (this.#takesOperands && word === '--') {
      for (let i = at + 1; i < args.length; i++) this.#operands.push(args[i]!);
      return args.length;
    }
    if (this.#takesOperands && (word === '-' || !word.startsWith('-'))) {
      this.#operands.push(word);
      return at + 1;
    }
    const argument = longForm(word, this.#table);
    if (argument.startsWith('--') && argument !== '--') return this.#readFlag(argument, args[at + 1], at);
    this.#problems.push(`unexpected argument ${JSON.stringify(argument)}: settings are flags, --name=value`);
    return at + 1;
  }

  #readFlag(argument: string, next: string | undefined, at: number): number {
    const equals = argument.indexOf('=');
    const name = argument.slice(2, equals === -1 ? undefined : equals);
    const hasNext = next !== undefined && !next.startsWith('--');
    const entry = this.#byName.get(name);
    const negated = entry === undefined && name.startsWith('no-') ? this.#byName.get(name.slice(3)) : undefined;
    if (negated !== undefined && isBoolean(negated.flag)) {
      if (equals !== -1) this.#problems.push(`--${name}: takes no value`);
      else this.#set(negated.key, negated.flag, 'false', `--${name}`);
    } else if (entry === undefined) {
      const hint = this.#problems.length < mostProblems ? didYouMean(name, this.#byName.keys()) : '';
      this.#problems.push(`--${name}: no such flag${hint}`);
      // The next word is most likely the value of this flag, unless it can be an operand.
      if (equals === -1 && hasNext && !this.#takesOperands) return at + 2;
    } else if (equals !== -1) {
      this.#set(entry.key, entry.flag, argument.slice(equals + 1), `--${name}`);
    } else if (isBoolean(entry.flag)) {
      this.#set(entry.key, entry.flag, 'true', `--${name}`);
    } else if (!hasNext) {
      this.#problems.push(`--${name}: needs a value, ${entry.flag.codec.expects}`);
    } else {
      this.#set(entry.key, entry.flag, next, `--${name}`);
      return at + 2;
    }
    return at + 1;
  }

  readEnvironment(environment: Readonly<Record<string, string | undefined>>): void {
    for (const [key, flag] of Object.entries(this.#table)) {
      const text = flag.env === undefined ? undefined : environment[flag.env];
      if (text !== undefined && !this.#given.has(key)) this.#set(key, flag, text, `environment variable ${flag.env}`);
    }
  }

  #set(key: string, flag: Flag<unknown>, text: string, source: string): void {
    if (this.#given.has(key)) {
      this.#problems.push(`${source}: given more than once`);
      return;
    }
    this.#given.add(key);
    const result = flag.codec.parse(text);
    if (result.ok) this.#values[key] = result.value;
    else this.#problems.push(`${source}: ${result.problem}`);
  }

  result(): ParsedFlags<FlagTable> {
    const operands = this.#operands;
    const problems = this.#problems;
    if (problems.length === 0) return { ok: true, settings: this.#values, given: this.#given, operands };
    const more = problems.length - mostProblems;
    return {
      ok: false,
      problems: more > 0 ? [...problems.slice(0, mostProblems), `and ${more} more`] : problems,
      operands,
    };
  }
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
