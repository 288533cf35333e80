import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { statsdFlags } from '../../../src/contract/statsd.ts';
import { createStore } from '../../../src/exposition/store.ts';
import { parseFlags } from '../../../src/flags/parse-flags.ts';
import { rejections } from '../../../src/statsd/counts/mapping-use.ts';
import { reportMetrics } from '../../../src/statsd/counts/report-metrics.ts';
import { explainLines } from '../../../src/statsd/explain/explain-lines.ts';
import type { LineExplanation, SampleExplanation } from '../../../src/statsd/explain/explanation.ts';
import { mappingReader } from '../../../src/statsd/mapping/file/mapping-reader.ts';
import { createPipeline } from '../../../src/statsd/pipeline/create-pipeline.ts';
import { remap } from '../../../src/statsd/pipeline/remap.ts';
import { scan } from '../../../src/statsd/pipeline/scan.ts';
import { datagrams } from '../datagram.ts';
import { fuzzedDatagram } from '../fuzz-lines.ts';
import { fuzzedMapping } from '../fuzz-mappings.ts';
import { seeded } from '../fuzz-random.ts';
import { sendUdp, startRuntime } from '../runtime.ts';

function settingsOf(...flags: readonly string[]) {
  const parsed = parseFlags(statsdFlags, flags);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.settings;
}

const mapping = `defaults:
  ttl: 1h
mappings:
- match: "orders.*.*.time"
  name: "orders_\${2}_seconds"
  labels: {queue: "$1", empty: ""}
  match_metric_type: observer
  observer_type: histogram
  histogram_options: {buckets: [0.1, 1]}
  ttl: 10m
- match: "^debug-(.)(.*)$"
  match_type: regex
  action: drop
  name: dropped
- {match: bytes.sent, name: sent_bytes_total, scale: 8, labels: {kind: rule}}
- {match: bytes.kept, name: kept, labels: {kind: rule}, honor_labels: true}
- {match: nothing, name: "$1"}
`;

const explain = async (lines: readonly (string | Uint8Array)[], ...flags: readonly string[]) =>
  explainLines(lines, { settings: settingsOf(...flags), mapping });
const line = async (text: string | Uint8Array, ...flags: readonly string[]): Promise<LineExplanation> =>
  (await explain([text], ...flags)).lines[0]!;
const sample = async (text: string, ...flags: readonly string[]): Promise<SampleExplanation> =>
  (await line(text, ...flags)).samples[0]!;

describe('a line', () => {
  test('with its rule, captures and series', async () => {
    expect(await line('orders.eu.done.time:250|ms|#zone:b\r')).toEqual({
      line: 'orders.eu.done.time:250|ms|#zone:b',
      outcome: 'samples',
      notes: [],
      name: 'orders.eu.done.time',
      samples: [
        {
          value: '250',
          type: 'ms',
          samplingFactor: 1,
          outcome: 'taken',
          rule: {
            index: 0,
            line: 4,
            match: 'orders.*.*.time',
            matchType: 'glob',
            action: 'map',
            captures: ['eu', 'done'],
          },
          series: {
            name: 'orders_done_seconds',
            type: 'histogram',
            labels: [
              ['queue', 'eu'],
              ['zone', 'b'],
            ],
            ttl: 600_000,
            observer: expect.objectContaining({ type: 'histogram', buckets: [0.1, 1] }),
          },
          notes: ['Milliseconds become seconds.', 'The label empty is empty, which is the same as none.'],
        },
      ],
    });
  });

  test.each([
    ['', 'empty', undefined, []],
    [
      'bad',
      'refused',
      'malformed_line',
      ['A line is name:value|type in UTF-8. This one has no colon, or no name before it.'],
    ],
    [Buffer.from([0x61, 0x3a, 0xff]), 'refused', 'malformed_line', [expect.any(String)]],
    ['#a=b,c:1|c', 'refused', 'empty_metric_name', [expect.any(String), expect.stringContaining('Malformed tags')]],
    ['_e{1,1}:a|b', 'event', undefined, ['An event of DogStatsD: counted; --statsd.expose-events shows it.']],
    ['_sc|up|0|#a', 'service_check', undefined, [expect.any(String), expect.stringContaining('Malformed tags')]],
    ['a:1|c|#x', 'samples', undefined, ['Malformed tags are left out: each needs a key and a value.']],
  ])('%j: %s', async (text, outcome, reason, notes) => {
    const explained = await line(text);
    expect(explained.outcome).toBe(outcome);
    expect(explained.reason).toBe(reason);
    expect(explained.notes).toEqual(notes);
  });

  test('with newlines is several', async () => {
    expect((await explain(['a:1|c\nb:1|c\r\n', 'c:1|c'])).lines.map((one) => one.line)).toEqual([
      ...['a:1|c', 'b:1|c', '', 'c:1|c'],
    ]);
  });
});

describe('a sample', () => {
  test.each([
    ['a:1|c', 'No rule matches: the name stays.'],
    ['a-b:1|c', 'Characters that Prometheus does not allow in a name become _.'],
    ['bytes.sent:1|c', 'The rule multiplies the value by 8.'],
    ['bytes.sent:x|s', 'The scale of the rule does not apply to sets.'],
    ['bytes.sent:1|c|#kind:tag', 'The label kind of the rule replaces the tag kind="tag".'],
    ['bytes.kept:1|c|#kind:tag', 'The tag kind wins over the label of the rule (honor_labels).'],
    ['a:1|c|@0.1', 'It is sampled: it counts as 10.'],
    ['a:1|h|@0.3', 'It is sampled: it counts as 3 observations, 1/0.3 without its fraction.'],
    ['a:1|g|@0.1', 'A gauge is not sampled: the factor has no effect.'],
    ['a:1|c|@0', 'A sampling factor of 0 counts as 1.'],
    ['a:+1|g', 'The value has a sign: it is added to the gauge.'],
    ['a:x|s', 'The gauge shows how many different values come in 1m.'],
    ['debug-xyz:1|c', 'The rule drops it.'],
  ])('%s: %s', async (text, note) => {
    const { notes, outcome } = await sample(text);
    expect(notes).toContain(note);
    expect(outcome).toBe(text.startsWith('debug') ? 'dropped' : 'taken');
  });

  test.each([
    ['a:x|c', 'malformed_value', false],
    ['a:1|zz', 'illegal_event', false],
    ['a:1|c|', 'malformed_component', false],
    ['bytes.sent:-1|c', 'illegal_negative_counter', true],
    ['nothing:1|c', 'empty_metric_name', true],
    ['bytes.sent:nan|ms', 'non_finite_value', true],
    ['a:1|c|#__x:y', 'reserved_label', false],
    ['statsd_exporter_lines_total:1|c', 'owner_conflict', false],
    [`${'x'.repeat(2000)}:1|c`, 'name_limit', false],
  ])('%s is refused: %s', async (text, reason, byRule) => {
    const refused = await sample(text);
    expect(refused).toMatchObject({ outcome: 'refused', reason });
    expect(refused.notes).toHaveLength(1);
    expect(refused.series).toBeUndefined();
    expect(refused.rule !== undefined).toBe(byRule);
  });

  test('is explained after those before it', async () => {
    const { lines } = await explain(['a:1|c', 'a:1|g', 'bytes.sent:1|c:2|g']);
    expect(lines[1]!.samples[0]!.notes).toEqual(['a is a counter already.']);
    expect(lines[2]!.samples.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['taken', undefined],
      ['refused', 'type_conflict'],
    ]);
  });

  test('as it was sent', async () => {
    const { samples } = await line('a:0x1p4|c:+3|g|@0.5:1|zz:u');
    expect(samples.map(({ value, type, samplingFactor }) => [value, type, samplingFactor])).toEqual([
      ['0x1p4', 'c', 1],
      ['+3', 'g', 0.5],
      ['1', 'zz', 1],
      ['u', '', 1],
    ]);
  });

  test('goes to a series that is there as that series is', async () => {
    const text = 'mappings:\n- {match: a, name: n, ttl: 1m}\n- {match: b, name: n, ttl: 2m}\n';
    const { lines } = await explainLines(['a:1|c', 'b:1|c'], { settings: settingsOf(), mapping: text });
    expect(lines[1]!.samples[0]).toMatchObject({
      series: { ttl: 60_000 },
      notes: ['The series exists already, from lines with another name, and keeps its time to live.'],
    });
  });

  test('is read as the flags say', async () => {
    const flags = [
      '--no-statsd.parse-dogstatsd-tags',
      '--statsd.observer-type=histogram',
      '--statsd.histogram-buckets=5',
    ];
    expect((await sample('a:1|ms|#x:y', ...flags)).series).toMatchObject({
      type: 'histogram',
      labels: [],
      observer: { buckets: [5] },
    });
  });
});

describe('the mapping', () => {
  test('may have been read already', async () => {
    const settings = settingsOf();
    const read = (await mappingReader(settings))(mapping);
    if (!read.ok) throw new Error('not read');
    const [one, other] = [
      await explainLines(['orders.a.b.time:1|ms'], { settings, mapping: read.mapping }),
      await explain(['orders.a.b.time:1|ms']),
    ];
    expect({ ...one, findings: [] }).toEqual({ ...other, findings: [] });
  });

  test('that is wrong is told, and not used', async () => {
    const explained = await explainLines(['a:1|c'], {
      settings: settingsOf(),
      mapping: 'mappings:\n- {match: a}\n- 5\n',
    });
    expect(explained.problem).toBe('2:3: the mapping has no name (and 1 more)');
    expect(explained.findings).toHaveLength(2);
    expect(explained.page).toContain('\na 1\n');
  });

  test('is read as the flags say', async () => {
    const text = 'mappings:\n- {match: a, name: b, unknown: 1}\n';
    const strict = await explainLines([], { settings: settingsOf('--statsd.strict-config'), mapping: text });
    expect(strict.problem).toContain('unknown');
    expect((await explainLines([], { settings: settingsOf(), mapping: text })).problem).toBeUndefined();
  });
});

describe('what is shown has a bound', () => {
  test('lines', async () => {
    const { lines, omitted, page } = await explain(Array.from({ length: 1200 }, () => 'a:1|c'));
    expect([lines.length, omitted]).toEqual([1000, 200]);
    expect(page).toContain('\na 1000\n');
  });

  test('samples, of which all are taken', async () => {
    const { lines, page } = await explain([`a:${Array.from({ length: 3000 }, () => 1).join(':')}|c`]);
    expect(lines[0]!.samples).toHaveLength(100);
    expect(lines[0]!.notes).toEqual(['2900 more samples are processed like these, and not shown.']);
    expect(page).toContain('\na 3000\n');
  });

  test('texts', async () => {
    const long = 'x'.repeat(60_000);
    const explained = await explain([long, `a:${long}|c`, `a:1|${long}`, `a:1|c|#x:${long}`, `a:1|c|#${long}:x`]);
    expect(JSON.stringify(explained).length).toBeLessThan(20_000);
  });
});

/** Processes the same lines as a listener does, without an explanation. */
async function received(bytes: Buffer, text: string | undefined, flags: readonly string[]) {
  const settings = settingsOf(...flags);
  const store = createStore({
    limits: { families: 5000, series: 50_000, seriesPerFamily: 10_000, labelsPerSeries: 30, labelValueBytes: 2048 },
    now: () => 0,
  });
  const pipeline = createPipeline(settings, store, 99, 0);
  reportMetrics(store, { ...pipeline, kernelDrops: async () => undefined, mapping: () => undefined });
  const read = text === undefined ? undefined : (await mappingReader(settings))(text);
  if (read?.ok) remap(pipeline, read.mapping, 0);
  scan(pipeline, bytes, 0, bytes.length, 2 ** 31 - 1);
  pipeline.aggregate.collect(0);
  pipeline.sets.collect(store.values, 0);
  return { page: store.render('text').toString(), counters: pipeline.counters };
}

async function isTold(bytes: Buffer, text: string | undefined, ...flags: readonly string[]): Promise<void> {
  const lines = bytes.subarray(0, -1);
  const options = { settings: settingsOf(...flags), mapping: text, most: Number.POSITIVE_INFINITY };
  const explained = await explainLines([lines], options);
  const { page, counters } = await received(bytes, text, flags);
  // The difference of two pages this long would not be readable.
  expect(explained.page === page).toBe(true);
  expect(explained.unmapped).toBe(counters.unmapped);
  expect(new Map(explained.refused.map(({ reason, count }) => [reason, count]))).toEqual(
    new Map([...rejections(counters)].filter(([, count]) => count > 0)),
  );
  if (explained.lines.some(({ samples }) => samples.length === 100)) return;
  const samples = explained.lines.flatMap((one) => one.samples);
  const outcomes = (outcome: string) => samples.filter((one) => one.outcome === outcome);
  expect(outcomes('taken')).toHaveLength(counters.counterSamples + counters.gaugeSamples + counters.observerSamples);
  expect(outcomes('dropped')).toHaveLength(counters.droppedSamples);
  const refused = [...explained.lines, ...outcomes('refused')].flatMap(({ reason }) => reason ?? []);
  expect(refused).toHaveLength(explained.refused.reduce((sum, { count }) => sum + count, 0));
  const types = new Set(page.split('\n').filter((row) => row.startsWith('# TYPE ')));
  const shown = outcomes('taken').filter(({ series }) => !series!.name.endsWith('…'));
  expect(shown.filter(({ series }) => !types.has(`# TYPE ${series!.name} ${series!.type}`))).toEqual([]);
}

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 100);
/** Each run compiles a mapping and processes hundreds of lines twice: about 25 ms. */
const mappedRuns = Number(process.env['FUZZ_RUNS'] ?? 25);

test('whatever lines come, the explanation is what a sidecar does', async () => {
  const bytes = datagrams.map((packets) => Buffer.concat(packets.flatMap((one) => [one, Buffer.from('\n')])));
  await fc.assert(
    fc.asyncProperty(
      bytes,
      fc.constantFrom([], ['--statsd.expose-events'], ['--statsd.observer-type=histogram']),
      (one, flags) => isTold(Buffer.concat([one, Buffer.from('\n')]), mapping, ...flags),
    ),
    { numRuns },
  );
});

test('whatever mapping there is, too', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const random = seeded(seed);
      const { bytes } = fuzzedDatagram(random, 300);
      await isTold(Buffer.concat([bytes, Buffer.from('\n')]), fuzzedMapping(random, !random.chance(4)));
    }),
    { numRuns: mappedRuns },
  );
});

test('the page is that of a running sidecar, but for its own metrics', async () => {
  const lines = [
    'orders.a.b.time:250|ms|@0.5',
    'bytes.sent:3|c',
    'x:a|s',
    'x.y:1|g',
    'up:1|c|#a:b,c',
    'bad',
    'x.y:1|c',
  ];
  const running = await startRuntime([]);
  await sendUdp(running.udp, [lines.join('\n')]);
  await running.reached('statsd_exporter_lines_total', lines.length);
  const rows = (await running.page())
    .split('\n')
    .filter((row) => !row.includes('statsd_exporter_') || row.includes('autogenerated'));
  await running.runtime.stop();
  expect((await explainLines(lines, { settings: settingsOf() })).page).toBe(rows.join('\n'));
});
