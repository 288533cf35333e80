import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { readFamilies } from '../exposition/protobuf-reader.ts';
import { sendTcp, startRuntime } from '../statsd/runtime.ts';
import { findProgram } from './program.ts';
import { startPeer } from './statsd-exporter.ts';

const program = findProgram('statsd_exporter', process.env);
const folder = mkdtempSync(join(tmpdir(), 'native-histograms-'));
const factors = [1, 1.0000001, 1.003, 1.05, 1.1, 1.5, 2, 3.9, 4, 300, 65_536, 1e9];
const limits = [1, 20, 256];

afterAll(() => rmSync(folder, { recursive: true }));

if (program === undefined) {
  console.warn(
    '\n*** no statsd_exporter (PATH or STATSD_EXPORTER): native histograms were not compared with its ***\n',
  );
  test.skipIf(process.env['CI'] === undefined)('statsd_exporter is there', () => expect.fail('it is not'));
}

/** What a scraper makes of the histograms of a page, by name and labels. */
function histograms(page: Buffer, sum: (value: number) => unknown): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  for (const { name, type, metric } of readFamilies(page)) {
    if (type !== 'HISTOGRAM') continue;
    for (const { label, histogram } of metric) {
      const key = [name, ...label.map((pair) => `${pair.name}=${pair.value}`)].join(' ');
      const { createdTimestamp: _, sampleSum, ...rest } = histogram!;
      found.set(key, { ...rest, sampleSum: sum(sampleSum) });
    }
  }
  return found;
}

/** A sampling factor repeats an observation there, and what is added up in other steps is rounded otherwise. */
function nearly(sum: number): unknown {
  return expect.closeTo(sum, Math.max(0, 9 - Math.log10(Math.abs(sum) + 1)));
}

/** Rules `f<i>.m<j>.*` for every factor and limit. */
const mapping = [
  'defaults: {observer_type: histogram, histogram_options: {buckets: [0.1, 1, 10]}}',
  'mappings:',
  ...factors.flatMap((factor, i) =>
    limits.map(
      (limit, j) =>
        `- {match: "f${i}.m${j}.*", name: "f${i}_m${j}", labels: {of: "$1"}, histogram_options: {native_histogram_bucket_factor: ${factor}, native_histogram_max_buckets: ${limit}}}`,
    ),
  ),
].join('\n');

const sent = fc.tuple(
  fc.nat(factors.length - 1),
  fc.nat(limits.length - 1),
  fc.constantFrom('a', 'b'),
  fc.oneof(
    { weight: 4, arbitrary: fc.double({ min: 0.001, max: 100, noNaN: true }) },
    fc.integer({ min: -20, max: 20 }).map((power) => 2 ** power),
    fc.double({ min: -50, max: 50, noNaN: true }),
    fc.constantFrom(0, 1e-300, 2 ** -128, 2 ** -127, -1e9, 1e12),
  ),
  fc.constantFrom('|h', '|h', '|ms', '|d|@0.25'),
);

describe.skipIf(program === undefined)('native histograms beside those of the real statsd_exporter', () => {
  test('have the same schema, zero bucket, spans and counts, whatever the factor, the limit and the values', async () => {
    const file = join(folder, 'mapping.yml');
    writeFileSync(file, mapping);
    const peer = await startPeer(program!, [], mapping);
    const ours = await startRuntime([`--statsd.mapping-config=${file}`]);
    const all = fc.sample(sent, { numRuns: 20_000, seed: 20_260_731 });
    const unmapped = ['z:3|h', 'z:-0.25|h'];
    const lines = [
      ...all.map(([i, j, of, value, rest]) => `f${i}.m${j}.${of}:${value}${rest}`),
      ...unmapped,
      // A new bucket brings client_golang below the limit at last: it makes its buckets wider once for each
      // observation.
      ...factors.flatMap((_, i) =>
        limits.flatMap((__, j) => ['a', 'b'].flatMap((of) => Array(15).fill(`f${i}.m${j}.${of}:1|h`))),
      ),
    ];
    await Promise.all([sendTcp(peer.tcp, `${lines.join('\n')}\n`), sendTcp(ours.tcp, `${lines.join('\n')}\n`)]);
    expect((await peer.settled(lines.length)).kind).toBe('page');
    await ours.reached('statsd_exporter_lines_total', lines.length);
    await ours.store.load('protobuf');
    const page = Buffer.from(ours.store.render('protobuf'));
    const theirs = await peer.protobuf();
    await Promise.all([peer.stop(), ours.runtime.stop()]);
    const found = histograms(page, (sum) => sum);
    expect(found.size).toBe(factors.length * limits.length * 2 + 1);
    expect(found).toEqual(histograms(theirs, nearly));
  });
});
