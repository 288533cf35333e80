import { expect, test } from 'vitest';
import { fuzzEdits } from './fuzz-run.ts';

const seed = Number(process.env['FC_SEED'] ?? Date.now()) | 0;

/** More of them: `node test/manifest/fuzz.ts`. */
const most = 600;

test('documents of all styles: edits say what the patch says, touch what they must, and can be undone', () => {
  const { problems, documents } = fuzzEdits(most, seed);
  expect(problems).toEqual([]);
  expect(documents).toBe(most);
});
