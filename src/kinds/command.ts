import { sidecarFlags } from '../contract/sidecar.ts';
import type { FlagTable, Settings } from '../flags/flag.ts';
import { parseFlags } from '../flags/parse-flags.ts';
import { renderFlags } from '../flags/render-flags.ts';
import type { Validated } from '../result/result.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Kind } from './kind.ts';
import { isKind, kindNamed, kindNames } from './kind-names.ts';
import { kinds } from './kinds.ts';

export type SidecarSettings = Settings<typeof sidecarFlags>;

/** A kind and its settings, as its flag table has them. */
export interface Segment {
  readonly kind: Kind;
  readonly settings: Settings<FlagTable>;
}

/** One process of the sidecar: the shared settings, and those of each kind that runs in it. */
export interface SidecarCommand {
  readonly shared: SidecarSettings;
  /** In the order of the list of kinds, each kind once. */
  readonly segments: readonly Segment[];
}

export type ParsedCommand = Validated<SidecarCommand>;

/**
 * Reads `[--shared…] statsd --… + ingest --…`: segments joined by a literal `+`, each parsed by its kind's own table.
 * Shared flags stand before the first segment or inside any, each once, so that statsd_exporter's command line can be
 * taken over as it is. A kind runs at most once. All problems of all segments are reported.
 */
export function parseCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
): ParsedCommand {
  const first = args.findIndex((argument) => isKind(argument));
  const head = first === -1 ? args : args.slice(0, first);
  const words = first === -1 ? [] : split(args.slice(first));
  const problems: string[] = [];
  const shared: string[] = [...head];
  const settings = new Map<Kind, Segment['settings']>();
  const named = new Set<Kind>();

  if (words.length === 0) problems.push(`no kind to run: name one of ${kindNames.join(', ')}`);
  for (const [word, ...rest] of words) {
    const kind = word === undefined ? undefined : kindNamed(word);
    if (word === undefined || kind === undefined) {
      problems.push(
        word === undefined
          ? 'an empty segment beside "+"'
          : `${JSON.stringify(word)} is no kind${didYouMean(word, kindNames)}`,
      );
      continue;
    }
    if (named.has(kind)) {
      problems.push(`${word}: given more than once`);
      continue;
    }
    named.add(kind);
    const [ours, own] = divide(rest);
    shared.push(...ours);
    const result = parseFlags(kind.flags, own, environment);
    if (result.ok) settings.set(kind, result.settings);
    else problems.push(...result.problems.map((problem) => `${word}: ${problem}`));
  }
  const result = parseFlags(sidecarFlags, shared, environment);
  if (!result.ok) problems.push(...result.problems);
  return result.ok && problems.length === 0
    ? { ok: true, value: { shared: result.settings, segments: inOrder(settings) } }
    : { ok: false, problems };
}

function inOrder(settings: ReadonlyMap<Kind, Segment['settings']>): readonly Segment[] {
  return kinds.flatMap((kind) => {
    const own = settings.get(kind);
    return own === undefined ? [] : [{ kind, settings: own }];
  });
}

/** The arguments of a command; `parseCommand` reads them back. */
export function renderCommand({ shared, segments }: SidecarCommand): string[] {
  return [
    ...renderFlags(sidecarFlags, shared),
    ...segments.flatMap(({ kind, settings }, i) => [
      ...(i === 0 ? [] : ['+']),
      kind.name,
      ...renderFlags(kind.flags, settings),
    ]),
  ];
}

function split(args: readonly string[]): string[][] {
  const segments: string[][] = [[]];
  for (const argument of args) {
    if (argument === '+') segments.push([]);
    else segments.at(-1)!.push(argument);
  }
  return segments;
}

const sharedNames = new Set(Object.values(sidecarFlags).map(({ name }) => name));

/** Parts the shared flags of a segment (with their values) from its own. */
function divide(args: readonly string[]): [shared: string[], own: string[]] {
  const shared: string[] = [];
  const own: string[] = [];
  let target = own;
  for (const argument of args) {
    if (argument.startsWith('--')) {
      const name = argument.slice(2).split('=', 1)[0]!;
      target = sharedNames.has(name) || (name.startsWith('no-') && sharedNames.has(name.slice(3))) ? shared : own;
    }
    target.push(argument);
  }
  return [shared, own];
}
