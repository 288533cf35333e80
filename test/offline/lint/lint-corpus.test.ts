import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lintReasons, reasons } from '../../../src/inject/outcome/reasons.ts';
import { readManifest } from '../../../src/manifest/read/manifest.ts';
import { evaluateDocument } from '../../../src/offline/evaluate/evaluate.ts';
import { lint } from '../../../src/offline/lint/lint-manifests.ts';
import { lintText } from '../../../src/offline/lint/lint-report.ts';
import { styleOf } from '../../../src/terminal/style.ts';
import { files } from '../given.ts';

const golden = join(import.meta.dirname, '../../golden/offline/lint.txt');

/** What lint says of every input of the corpus, each alone. */
async function ofCorpus(): Promise<string> {
  const texts: string[] = [];
  for (const { folder, name, text, cluster, paths } of files) {
    const manifest = readManifest(text, `${folder}/${name}`);
    const evaluated = manifest.documents.flatMap((document) => evaluateDocument(document, paths, cluster));
    texts.push(lintText(await lint([manifest], evaluated, cluster), styleOf(false, {})));
  }
  return texts.join('');
}

test('the corpus is linted as recorded', async () => {
  const text = await ofCorpus();
  if (process.env.UPDATE_GOLDENS) writeFileSync(golden, text);
  expect(text).toBe(readFileSync(golden, 'utf8'));
});

test('every line leads to a place, and says an object and a code', () => {
  const lines = readFileSync(golden, 'utf8').trimEnd().split('\n');
  const codes = { ...reasons, ...lintReasons };
  for (const line of lines) {
    const [, code] = /^[\w./-]+:\d+:\d+: (?:error|warning): (?:\w+\/\S+: )?.+[.?] .*\((\w+)\)$/.exec(line) ?? [];
    expect(Object.keys(codes), line).toContain(code);
  }
});
