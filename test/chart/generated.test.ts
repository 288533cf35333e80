import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { chartFiles, valueRows } from '../../scripts/chart-readme.ts';
import { read, root } from './helm.ts';

describe('what of the chart is made from other files is so', () => {
  test.each(chartFiles().map(({ path, text }) => [path.slice(root.length + 1), text]))('%s', (file, text) => {
    expect(text, 'node scripts/with-node24.mjs scripts/chart-readme.ts').toBe(readFileSync(join(root, file), 'utf8'));
  });
});

describe('values.yaml', () => {
  const rows = valueRows(read('values.yaml'));

  test('says every value in one sentence', () => {
    expect(rows.filter(({ doc }) => !/^[A-Z].*[.]$/.test(doc)).map(({ path }) => path.join('.'))).toEqual([]);
  });

  test('has no value without a sentence', () => {
    expect(() => valueRows('a:\n  # -- One.\n  b: 1\n  c: 2\n')).toThrow('a.c has no sentence');
  });

  test('is read in its order, a sentence over lines as one', () => {
    expect(valueRows('# -- One\n# and more.\na:\n  x: 1\nb:\n  # -- Two.\n  c: []\n')).toEqual([
      { path: ['a'], doc: 'One and more.', standard: { x: 1 } },
      { path: ['b', 'c'], doc: 'Two.', standard: [] },
    ]);
  });
});

test('chart, application and program are of one version', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(load(read('Chart.yaml'))).toMatchObject({ version, appVersion: version });
});
