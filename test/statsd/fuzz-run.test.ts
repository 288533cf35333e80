import { expect, test } from 'vitest';
import { fuzzLines, fuzzMappings } from './fuzz-run.ts';

const seed = Number(process.env['FC_SEED'] ?? Date.now()) | 0;

test('lines of all kinds, with mappings that change: every line in one counter, every page valid', async () => {
  const { problems, pages } = await fuzzLines(40_000, seed);
  expect(problems).toEqual([]);
  expect(pages).toBeGreaterThan(2);
});

test('mapping files of all kinds are read or refused', () => {
  const { problems, loaded, mappings } = fuzzMappings(500, seed);
  expect(problems).toEqual([]);
  expect(loaded).toBeGreaterThan(mappings / 20);
});
