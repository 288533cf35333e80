import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generatedFiles } from '../../src/monitoring/generated-files.ts';

const root = join(import.meta.dirname, '../..');

const generated = await generatedFiles();

test.each([...generated])('%s is what the code makes (npm run docs)', (path, text) => {
  expect(readFileSync(join(root, path), 'utf8')).toBe(text);
});

test('the chart has no dashboard that the code does not make', () => {
  const folder = 'charts/metrics-sidecar/files/dashboards';
  const made = [...generated.keys()].filter((path) => path.startsWith(folder));
  expect(
    readdirSync(join(root, folder))
      .map((file) => `${folder}/${file}`)
      .sort(),
  ).toEqual(made.sort());
});
