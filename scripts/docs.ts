/** Writes the generated tables into the docs: `npm run docs`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { place, tables } from './docs-tables.ts';

for (const { file, mark, text } of tables()) {
  const path = join(import.meta.dirname, '..', file);
  await writeFile(path, place(await readFile(path, 'utf8'), mark, text));
}
