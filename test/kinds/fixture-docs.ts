/** Prints the generated texts of docs and chart, with the fixture among the kinds, as JSON. */
import './with-fixture.ts';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const { tables, withTable } = await import('../../scripts/docs-tables.ts');
const { chartFiles } = await import('../../scripts/chart-readme.ts');
const { generatedFiles } = await import('../../src/monitoring/generated-files.ts');

const root = join(import.meta.dirname, '../..');
const texts = new Map<string, string>();
for (const { file, ...table } of await tables()) {
  texts.set(file, withTable(texts.get(file) ?? readFileSync(join(root, file), 'utf8'), table));
}
for (const { path, text } of chartFiles()) texts.set(relative(root, path), text);
for (const [file, text] of await generatedFiles()) texts.set(file, text);
process.stdout.write(JSON.stringify(Object.fromEntries(texts)));
