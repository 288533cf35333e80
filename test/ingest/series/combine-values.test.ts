import { describe, expect, test } from 'vitest';
import { combine, defaultMode, type Mode, modeOf, modeWords } from '../../../src/ingest/series/combine-values.ts';

const members = (...values: number[]) => values.map((value, i) => ({ value, order: (i * 7) % 5, joinOrder: i }));

describe('combine', () => {
  test.each<[Mode, readonly number[], number]>([
    ['sum', [1, 2, 4], 7],
    ['sum', [1, Number.NaN], Number.NaN],
    ['min', [3, Number.NaN, 2], 2],
    ['max', [3, Number.NaN, 5], 5],
    ['avg', [1, 2, 6], 3],
    ['avg', [Number.NaN, 2, 6], 4],
    ['avg', [Number.NaN], Number.NaN],
    ['max', [Number.NaN, Number.NaN], Number.NaN],
    ['max', [-0, 0], 0],
    ['first', [3, 9], 3],
    ['count', [3, Number.NaN], 2],
    ['sum', [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], Number.NaN],
  ])('%s of %j is %d', (mode, values, expected) => {
    expect(combine(mode, members(...values))).toBe(expected);
  });

  test('last is what was pushed last, wherever it stands', () => {
    const pushed = [
      { value: 1, order: 5, joinOrder: 0 },
      { value: 2, order: 9, joinOrder: 2 },
      { value: 3, order: 7, joinOrder: 1 },
    ];
    expect(combine('last', pushed)).toBe(2);
  });
});

describe('modes', () => {
  test('knows the words of monasca-sidecar and of client_python', () => {
    expect(['sum', 'mean', 'min', 'max', 'livesum', 'livemostrecent'].map(modeOf)).toEqual([
      ...['sum', 'avg', 'min', 'max', 'sum', 'last'],
    ]);
    expect(modeWords.map(modeOf)).not.toContain(undefined);
    expect(['SUM', '', 'toString', '__proto__'].map(modeOf)).toEqual([undefined, undefined, undefined, undefined]);
  });

  test.each([
    ['queue_length', 'sum'],
    ['python_info', 'max'],
    ['process_start_time_seconds', 'min'],
    ['last_success_timestamp_seconds', 'max'],
    ['process_max_fds', 'max'],
    ['process_open_fds', 'sum'],
    ['cache_hit_ratio', 'avg'],
    ['nodejs_eventloop_lag_seconds', 'avg'],
    ['nodejs_eventloop_lag_min_seconds', 'min'],
    ['nodejs_eventloop_lag_p99_seconds', 'max'],
    ['nodejs_eventloop_lag_p50_seconds', 'avg'],
    ['up', 'min'],
  ])('gauge %s: %s', (name, mode) => {
    expect(defaultMode(name, 'gauge')).toBe(mode);
  });
});
