import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMapping } from '../../src/statsd/mapping/rules/read-mapping.ts';
import { fuzzedMapping } from '../statsd/fuzz-mappings.ts';
import { seeded } from '../statsd/fuzz-random.ts';
import { findProgram } from './program.ts';

const program = findProgram('statsd_exporter', process.env);
const files = process.env['CI'] === 'true' ? 1000 : 200;
/** Processes of the reference at a time. */
const abreast = 2;

/** What its check of a configuration takes, and what ends it or its page later; the table of cases has each. */
const deliberate: ReadonlySet<string> = new Set(['reserved_label', 'buckets', 'quantile', 'max_age']);

test.skipIf(program === undefined)(`${files} mapping files are taken and refused as by the real one`, async () => {
  const seed = Number(process.env['FC_SEED'] ?? Date.now()) | 0;
  const random = seeded(seed);
  const texts = Array.from({ length: files }, () => fuzzedMapping(random, false));
  const folder = mkdtempSync(join(tmpdir(), 'statsd-mappings-'));
  let [next, taken] = [0, 0];
  const worker = async (file: string) => {
    for (let at = next++; at < texts.length; at = next++) {
      const text = texts[at]!;
      const read = readMapping(text, { strict: false, compatGlob: false });
      if (read.ok) taken++;
      const errors = read.findings.filter(({ severity }) => severity === 'error');
      if (errors.length > 0 && errors.every(({ code }) => deliberate.has(code))) continue;
      writeFileSync(file, text);
      const exit = await checkConfig(file);
      expect(exit === 0, `FC_SEED=${seed}\n${text}\n${JSON.stringify(errors)}`).toBe(read.ok);
    }
  };
  await Promise.all(Array.from({ length: abreast }, (_, i) => worker(join(folder, `${i}.yml`))));
  rmSync(folder, { recursive: true });
  expect(taken).toBeGreaterThan(files / 3);
});

async function checkConfig(file: string): Promise<number | null> {
  const child = spawn(program!, ['--check-config', `--statsd.mapping-config=${file}`], { stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}
