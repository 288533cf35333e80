import { haproxyFlags } from '../contract/haproxy.ts';
import { ingestFlags } from '../contract/ingest.ts';
import { isKind, type KindName, kinds } from '../contract/names.ts';
import { portMonitorFlags } from '../contract/port-monitor.ts';
import { sidecarFlags } from '../contract/sidecar.ts';
import { statsdFlags } from '../contract/statsd.ts';
import type { FlagTable, Settings } from '../flags/flag.ts';
import { parseFlags } from '../flags/parse-flags.ts';
import { renderFlags } from '../flags/render-flags.ts';
import { didYouMean } from '../text/nearest.ts';

export const kindFlags = {
  statsd: statsdFlags,
  ingest: ingestFlags,
  'port-monitor': portMonitorFlags,
  haproxy: haproxyFlags,
} as const satisfies Record<KindName, FlagTable>;

export type KindSettings = { readonly [K in KindName]: Settings<(typeof kindFlags)[K]> };
export type SidecarSettings = Settings<typeof sidecarFlags>;

/** One process of the sidecar: the shared settings, and those of each kind that runs in it. */
export interface SidecarCommand {
  readonly shared: SidecarSettings;
  readonly kinds: Partial<KindSettings>;
}

export type ParsedCommand =
  | { readonly ok: true; readonly command: SidecarCommand }
  | { readonly ok: false; readonly problems: readonly string[] };

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
  const segments = first === -1 ? [] : split(args.slice(first));
  const problems: string[] = [];
  const shared: string[] = [...head];
  const settings: Partial<Record<KindName, unknown>> = {};

  if (segments.length === 0) problems.push(`no kind to run: name one of ${kinds.join(', ')}`);
  for (const [word, ...rest] of segments) {
    if (word === undefined || !isKind(word)) {
      problems.push(
        word === undefined
          ? 'an empty segment beside "+"'
          : `${JSON.stringify(word)} is no kind${didYouMean(word, kinds)}`,
      );
      continue;
    }
    if (word in settings) {
      problems.push(`${word}: given more than once`);
      continue;
    }
    const [ours, own] = divide(rest);
    shared.push(...ours);
    const result = parseFlags<FlagTable>(kindFlags[word], own, environment);
    settings[word] = result.ok ? result.settings : undefined;
    if (!result.ok) problems.push(...result.problems.map((problem) => `${word}: ${problem}`));
  }
  const result = parseFlags(sidecarFlags, shared, environment);
  if (!result.ok) problems.push(...result.problems);
  return result.ok && problems.length === 0
    ? { ok: true, command: { shared: result.settings, kinds: settings as Partial<KindSettings> } }
    : { ok: false, problems };
}

/** The arguments of a command; `parseCommand` reads them back. Kinds stand in the order of `kinds`. */
export function renderCommand({ shared, kinds: settings }: SidecarCommand): string[] {
  const segments = kinds.flatMap((kind) => {
    const own = settings[kind];
    return own === undefined ? [] : [[kind, ...renderFlags<FlagTable>(kindFlags[kind], own)]];
  });
  return [
    ...renderFlags(sidecarFlags, shared),
    ...segments.flatMap((segment, i) => (i === 0 ? segment : ['+', ...segment])),
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
