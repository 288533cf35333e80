import { expect, test } from 'vitest';
import { direct, unaccounted } from '../direct.ts';

test('lines that differ in their timestamps are one known line', () => {
  const { take, pipeline } = direct();
  for (let i = 0; i < 1000; i++) take(`a:1|c|#x:y|T${1_700_000_000 + i}\nb:1|ms|T${i}\r\nc:2:3|g|c:id|T${i}`);
  expect(pipeline.table.size).toBe(3);
  expect(pipeline.counters.linesKnown).toBe(2997);
  expect(unaccounted(pipeline)).toEqual([0, 0]);
});

test('names and rests of all lengths are known the second time, wherever they lie', () => {
  const { take, pipeline } = direct(
    undefined,
    { families: 10_000, seriesPerFamily: 10_000, series: 50_000 },
    true,
    65_536,
  );
  const lines = Array.from(
    { length: 20 * 20 },
    (_, i) => `${'n'.repeat(1 + (i % 20))}:1|c|#t:${'v'.repeat(1 + i / 20)}`,
  );
  // At the end of a datagram there may be no whole word left.
  for (const line of lines) take(line);
  for (let n = 1; n < 20; n++) take(`${'g'.repeat(n)}:1|g`);
  expect([pipeline.table.size, pipeline.counters.linesKnown]).toEqual([419, 0]);
  for (let shift = 0; shift < 4; shift++) {
    for (const line of lines) take(`${'\n'.repeat(shift)}${line}`);
    take(`${'\n'.repeat(shift)}${lines.join('\n')}`);
    for (let n = 1; n < 20; n++) take(`${'\n'.repeat(shift)}${'g'.repeat(n)}:1|g`);
  }
  expect([pipeline.table.size, pipeline.counters.linesKnown]).toEqual([419, 4 * 819]);
  expect(unaccounted(pipeline)).toEqual([0, 0]);
});

test('the line without a timestamp is the same', () => {
  const { take, pipeline } = direct();
  take('a:1|c|T17');
  take('a:1|c');
  take('a:1|c|T18');
  expect(pipeline.table.size).toBe(1);
  expect(pipeline.counters.counterSamples).toBe(3);
});

test.each(['a:1|c|T%|c:id', 'a:1|c|T%|T%', 'a:1|c|Tx%', 'a:1|c|T%x', 'a:1|T%', 'a:1|c:1|c|T%', '%:1|x', 'a:1|c|#x%'])(
  'what has something else in every line is not remembered: %s',
  (line) => {
    const { take, pipeline } = direct();
    for (let i = 0; i < 100; i++) take(line.replaceAll('%', `${i}`));
    expect(pipeline.table.size).toBe(0);
    expect(unaccounted(pipeline)).toEqual([0, 0]);
  },
);

test('a carriage return before a timestamp is part of a label, one at the end is not', async () => {
  const { take, page } = direct();
  for (let i = 0; i < 3; i++) take('a:1|c|#k:v\r|T17\na:1|c|#k:v\r\n');
  expect((await page('text')).split('\n')).toEqual(expect.arrayContaining(['a{k="v"} 3', 'a{k="v\r"} 3']));
});

test('several values of a known line are added at once', async () => {
  const { take, pipeline, page } = direct();
  for (const line of ['c:1|c|@0.5', 'g:1|g', 't:1|h']) take(line);
  for (const line of ['c:1:2|c|@0.5', 'g:5:+2:-1|g', 't:2:3|h']) take(line);
  expect(pipeline.counters.linesKnown).toBe(3);
  const rows = (await page('text')).split('\n');
  expect(rows).toEqual(expect.arrayContaining(['c 8', 'g 6', 't_sum 6', 't_count 3']));
});

test('one value that does harm leaves the others as they are', async () => {
  const { take, pipeline, page } = direct();
  take('c:1|c');
  take('c:1:-1:2|c');
  take('c:1:x:2|c');
  expect((await page('text')).split('\n')).toContain('c 4');
  expect(pipeline.counters.eventErrors.get('illegal_negative_counter')).toBe(1);
  expect(pipeline.counters.lineErrors.get('invalid_extended_aggregate_type')).toBe(1);
  expect(unaccounted(pipeline)).toEqual([0, 0]);
});

test('a set is a gauge of its distinct values, and shares its name with no gauge', async () => {
  const { take, pipeline, page } = direct();
  take('users:a|s\nusers:b|s\nusers:a|s\nusers:1|g\nusers:c|s|#x:y');
  take('size:1|g\nsize:a|s');
  const rows = (await page('text')).split('\n');
  expect(rows).toEqual(expect.arrayContaining(['# TYPE users gauge', 'users 2', 'users{x="y"} 1', 'size 1']));
  expect([...pipeline.counters.conflicts.values()].map(({ name, count }) => [name, count])).toEqual([
    ['users', 1],
    ['size', 1],
  ]);
  expect(pipeline.counters.gaugeSamples).toBe(5);
  expect(unaccounted(pipeline)).toEqual([0, 0]);
});

test('types and units of a line with tags in its name are told apart', async () => {
  const { take, page } = direct();
  take('a,x=y:1|h:1000|ms');
  expect((await page('text')).split('\n')).toContain('a_sum{x="y"} 2');
});

test('events and service checks are accepted lines without samples', async () => {
  const { take, pipeline, page } = direct();
  take('_e{1,1}:a|b|t:error\n_sc|db|2|#a\n_e{1,1}:a\n_sc|db|9');
  expect(Object.fromEntries(pipeline.counters.messages)).toEqual({ event: 1, service_check: 1 });
  expect(pipeline.counters).toMatchObject({ lines: 4, linesAccepted: 2, samples: 0, tagErrors: 1 });
  expect(unaccounted(pipeline)).toEqual([0, 0]);
  const rows = (await page('text')).split('\n');
  expect(rows).toContain('dogstatsd_events_total{alert_type="error"} 1');
  expect(rows).toContain('dogstatsd_service_check_status{check="db"} 2');
});
