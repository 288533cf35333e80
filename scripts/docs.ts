/**
 * `npm run docs`: writes the files that are generated from the code: tables of the docs, dashboards, alerts and the
 * README of the chart.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generatedFiles } from '../src/monitoring/generated-files.ts';
import { chartFiles } from './chart-readme.ts';
import { tables, withTable } from './docs-tables.ts';

const root = join(import.meta.dirname, '..');

for (const { file, ...table } of await tables()) {
  const path = join(root, file);
  await writeFile(path, withTable(await readFile(path, 'utf8'), table));
}
for (const [file, text] of await generatedFiles()) {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), text);
}
for (const { path, text } of chartFiles()) await writeFile(path, text);
