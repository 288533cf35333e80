import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findProgram } from './program.ts';
import { compareBatch, compatFlag } from './statsd-batch.ts';
import { pair, type Setting, setting } from './statsd-pair.ts';
import { smallestUnequal } from './statsd-shrink.ts';

const program = findProgram('statsd_exporter', process.env);
const full = process.env['CI'] === 'true';
/** Pairs of rules and lines: STATSD_PAIRS=100000 for a longer run. */
const pairs = Number(process.env['STATSD_PAIRS'] ?? (full ? 20_000 : 2000));
const batch = 200;
const few = 4;
/** Processes of the reference at a time. */
const abreast = 2;
const budget = 60_000;

function unordered(one: Setting): Setting {
  const compat = one.flags.filter((flag) => flag !== compatFlag);
  return { ...one, flags: [...compat, compatFlag], defaults: { ...one.defaults, glob_disable_ordering: true } };
}

test.skipIf(program === undefined)(
  `${pairs} pairs of rules and lines, answered by the real statsd_exporter too`,
  { timeout: Math.max(budget, pairs * 10) },
  async () => {
    const seed = Number(process.env['FC_SEED'] ?? Date.now());
    const count = Math.ceil(pairs / batch);
    const settings = fc.sample(setting, { numRuns: count, seed });
    const all = fc.sample(pair, { numRuns: count * batch, seed });
    const large = settings.map((one, i) => [one, all.slice(i * batch, (i + 1) * batch)] as const);
    // Whether it goes back to a star is decided for all rules of a file: with many it always does.
    const small = settings.map((one, i) => [unordered(one), all.slice(i * batch, i * batch + few)] as const);
    const batches = [...large, ...small];
    const met = new Map<string, number>();
    let [lines, leftOut, next] = [0, 0, 0];
    const worker = async () => {
      for (let at = next++; at < batches.length; at = next++) {
        const [shared, some] = batches[at]!;
        const compared = await compareBatch(program!, shared, some);
        const differs = compared.unequal.length === 0 ? '' : await smallestUnequal(program!, shared, some);
        expect(differs, `FC_SEED=${seed}`).toBe('');
        lines += compared.lines;
        leftOut += compared.leftOut;
        for (const [id, times] of compared.differences) met.set(id, (met.get(id) ?? 0) + times);
      }
    };
    await Promise.all(Array.from({ length: abreast }, worker));
    const normalised = [...met].map(([id, times]) => `${id} ${times}`).join(', ');
    console.log(`seed ${seed}: ${lines} lines are equal, ${leftOut} were left out; made up for: ${normalised}`);
    // Or the generator would have become a maker of lines that are left out.
    expect(lines).toBeGreaterThan(2 * leftOut);
  },
);
