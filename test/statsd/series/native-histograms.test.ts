import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type HistogramMessage, nativeCounts, nativeProblems, readFamilies } from '../../exposition/protobuf-reader.ts';
import { sendTcp, startRuntime } from '../runtime.ts';

const folder = mkdtempSync(join(tmpdir(), 'native-histograms-'));
const file = join(folder, 'mapping.yml');

afterAll(() => rmSync(folder, { recursive: true }));

/** The histograms of lines, by the value of their only label. */
async function histograms(
  lines: string,
  flags: readonly string[],
  mapping?: string,
): Promise<ReadonlyMap<string, HistogramMessage>> {
  if (mapping !== undefined) writeFileSync(file, mapping);
  const running = await startRuntime([...flags, ...(mapping === undefined ? [] : [`--statsd.mapping-config=${file}`])]);
  try {
    await sendTcp(running.tcp, lines);
    await running.reached('statsd_exporter_lines_total', lines.split('\n').length - 1);
    await running.store.load('protobuf');
    const found = new Map<string, HistogramMessage>();
    for (const { name, metric } of readFamilies(running.store.render('protobuf'))) {
      for (const { histogram, label } of metric) {
        if (histogram !== undefined) found.set([name, ...label.map(({ value }) => value)].join(), histogram);
      }
    }
    return found;
  } finally {
    await running.runtime.stop();
  }
}

const observer = 'defaults: {observer_type: histogram}\n';

test('with a mapping file every histogram has native buckets, as in statsd_exporter', async () => {
  const found = (await histograms('a:1000|ms\na:4000|ms\na:0|ms\na:-1000|ms\n', [], observer)).get('a')!;
  expect(found).toMatchObject({ sampleCount: 4, sampleSum: 4, schema: 3, zeroThreshold: 2 ** -128, zeroCount: 1 });
  expect([...nativeCounts(found, 'positive')]).toEqual([
    [0, 1],
    [16, 1],
  ]);
  expect([...nativeCounts(found, 'negative')]).toEqual([[0, 1]]);
  expect(found.bucket).toHaveLength(11);
});

test('without one, none has', async () => {
  const found = (await histograms('a:1|h\n', ['--statsd.observer-type=histogram'])).get('a')!;
  expect([found.sampleCount, found.zeroThreshold, found.positiveSpan]).toEqual([1, undefined, []]);
});

test('a factor says how fine they are, 1 that there are none', async () => {
  const mapping = `${observer}mappings:
- {match: "*.off", name: "$1", labels: {off: "y"}, histogram_options: {native_histogram_bucket_factor: 1}}
- {match: "*.two", name: "$1_two", histogram_options: {native_histogram_bucket_factor: 2}}
`;
  const found = await histograms('a.off:1|h\na.two:1|h\n', [], mapping);
  expect(found.get('a,y')?.zeroThreshold).toBeUndefined();
  expect(found.get('a_two')?.schema).toBe(0);
});

test('a sampling factor is a weight', async () => {
  const found = (await histograms('a:1|h|@0.25\na:1|h|@0.001\n', [], observer)).get('a')!;
  expect([...nativeCounts(found, 'positive')]).toEqual([[0, 1004]]);
  expect(nativeProblems(found)).toEqual([]);
});

test('weights beyond whole numbers are counted as they are', async () => {
  const found = (await histograms('a:1|h|@1e-18\na:1.09|h\n', [], observer)).get('a')!;
  const weight = Math.trunc(1 / 1e-18);
  expect(found).toMatchObject({ sampleCountFloat: weight, positiveCount: [weight, 1], positiveDelta: [] });
  expect(nativeProblems(found)).toEqual([]);
});

test('more buckets than the limit make them wider', async () => {
  const mapping = 'defaults: {observer_type: histogram, histogram_options: {native_histogram_max_buckets: 5}}\n';
  const lines = Array.from({ length: 100 }, (_, i) => `a:${1.1 ** i}|h\n`).join('');
  const found = (await histograms(lines, [], mapping)).get('a')!;
  const counts = [...nativeCounts(found, 'positive').values()].filter((count) => count > 0);
  expect(counts.length).toBeLessThanOrEqual(5);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(100);
  expect(found.schema).toBeLessThan(3);
});

test('all series of a name with the same labels have those of the first, scaled lines among them', async () => {
  const mapping = `${observer}mappings:
- {match: "one.*", name: n, labels: {id: "$1"}, scale: 2, histogram_options: {native_histogram_bucket_factor: 2}}
- {match: "two.*", name: n, labels: {id: "$1"}}
`;
  const found = await histograms('one.a:1|h\ntwo.b:1|h\ntwo.a:8|h\n', [], mapping);
  expect([found.get('n,a')?.schema, found.get('n,b')?.schema]).toEqual([0, 0]);
  expect([...nativeCounts(found.get('n,a')!, 'positive')].filter(([, n]) => n > 0)).toEqual([
    [1, 1],
    [3, 1],
  ]);
});
