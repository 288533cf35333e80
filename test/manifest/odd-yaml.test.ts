import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/json/json.ts';
import { readManifest } from '../../src/manifest/read/manifest.ts';
import { head, oddTexts } from './odd-yaml.ts';

/** The text of each case and what kubectl 1.35 read; `node test/manifest/record-kubectl.ts` records them again. */
const recorded: readonly (readonly [string, readonly JsonObject[] | null])[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../golden/manifest/odd-yaml.json'), 'utf8'),
);

/** The texts that are read otherwise than kubectl reads them, by the reason. */
const differences: readonly { readonly why: string; readonly is: (text: string) => boolean }[] = [
  { why: 'refused: `a:` before a comma or bracket', is: (text) => /[[{ ][a-z]+:[,}]/.test(text) },
  { why: 'refused: a dash alone in brackets', is: (text) => /[[ ]-,/.test(text) },
  { why: 'refused: an alias as a key without a space behind it', is: (text) => text.startsWith('*x:') },
  { why: 'refused: a key that is no number of JSON', is: (text) => /^(\? )?\.(inf|NaN)\n?:/.test(text) },
  { why: 'refused: a key of more digits than a float has', is: (text) => /^(\? )?-?[\d._e+]{14,}\n?:/.test(text) },
  { why: 'refused: a comma behind a tag', is: (text) => /!,|!!str,/.test(text) },
  { why: 'refused: text that begins with ? in brackets', is: (text) => text.includes('[?one') },
  { why: 'a warning: line breaks of Unicode', is: (text) => /[\u0085\u2028]/.test(text) },
];

function read(text: string): readonly JsonObject[] | null {
  const { documents, problems } = readManifest(head + text, 'odd.yaml');
  if (problems.some(({ severity }) => severity === 'error')) return null;
  const objects: readonly JsonObject[] = JSON.parse(JSON.stringify(documents.map(({ value }) => value)));
  return objects.every(({ kind }) => typeof kind === 'string') ? objects : null;
}

test('all texts are recorded', () => {
  expect(recorded.map(([text]) => head + text)).toEqual(oddTexts);
});

test('every text is read as kubectl reads it, but for those with a reason', () => {
  const different = recorded.filter(([text, objects]) => !isDeepStrictEqual(read(text), objects));
  const unknown = different.filter(([text]) => !differences.some(({ is }) => is(text)));
  expect(unknown).toEqual([]);
});
