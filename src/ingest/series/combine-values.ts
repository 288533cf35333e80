/** How the values that live clients push for one gauge become the exported one. */
export type Mode = 'sum' | 'min' | 'max' | 'avg' | 'last' | 'first' | 'count';

/** The words of `_aggregate`: monasca-sidecar's, client_python's live modes, and the plain ones. */
const modes: Readonly<Record<string, Mode>> = {
  sum: 'sum',
  livesum: 'sum',
  min: 'min',
  livemin: 'min',
  max: 'max',
  livemax: 'max',
  avg: 'avg',
  mean: 'avg',
  average: 'avg',
  last: 'last',
  livemostrecent: 'last',
  replace: 'last',
  first: 'first',
  count: 'count',
};

export const modeWords = Object.keys(modes);

export function modeOf(word: string): Mode | undefined {
  return Object.hasOwn(modes, word) ? modes[word] : undefined;
}

/** Gauges whose sum over processes means nothing, by their names. The first pattern that matches decides. */
const byName: readonly (readonly [pattern: RegExp, mode: Mode])[] = [
  [/^process_start_time_seconds$|^up$/, 'min'],
  [/_info$|_timestamp_seconds$|_time_seconds$|_created$/, 'max'],
  [/^process_(max_fds|virtual_memory_max_bytes)$/, 'max'],
  [/_(ratio|percent|utilization)$/, 'avg'],
  [/^nodejs_eventloop_lag_min_/, 'min'],
  [/^nodejs_eventloop_lag_(max|p9\d*)_/, 'max'],
  [/^nodejs_eventloop_lag_/, 'avg'],
];

/** The mode of a series whose push names none. Several clients are one application, so gauges add up. */
export function defaultMode(name: string, type: 'gauge' | 'untyped' | 'info' | 'stateset'): Mode {
  if (type === 'info' || type === 'stateset') return 'max';
  if (type === 'untyped') return 'last';
  return byName.find(([pattern]) => pattern.test(name))?.[1] ?? 'sum';
}

/** One client's value. `order` grows with every push, so the highest is the newest. */
export interface Member {
  readonly value: number;
  readonly order: number;
  /** The lowest is the client that was there first. */
  readonly joinOrder: number;
}

/**
 * Combines the values of live clients; there is at least one. NaN is passed over by min, max and avg
 * unless there is nothing else.
 */
export function combine(mode: Mode, members: readonly Member[]): number {
  if (mode === 'count') return members.length;
  if (mode === 'first')
    return members.reduce((first, member) => (member.joinOrder < first.joinOrder ? member : first)).value;
  if (mode === 'last') return members.reduce((newest, member) => (member.order > newest.order ? member : newest)).value;
  let result = Number.NaN;
  let count = 0;
  for (const { value } of members) {
    if (mode !== 'sum' && Number.isNaN(value)) continue;
    if (count === 0) result = value;
    else if (mode === 'min') result = Math.min(result, value);
    else if (mode === 'max') result = Math.max(result, value);
    else result += value;
    count++;
  }
  return mode === 'avg' ? result / count : result;
}
