import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { diffLines } from 'diff';
import { describe, expect, test } from 'vitest';
import { managedAnnotation } from '../../src/contract/names.ts';
import { changedText, jsonOutput } from '../../src/offline/change/change-output.ts';
import { reportOf } from '../../src/offline/change/change-report.ts';
import { styleOf } from '../../src/terminal/style.ts';
import { corpus } from '../inject/corpus.ts';
import { patched } from '../inject/pods.ts';
import { files, type GivenFile, injected, manifestOf, uninjected } from './given.ts';

/**
 * Where the text that comes back differs, as JSON does not say what the input's text did: an alias of what changes is
 * written out, and null has several spellings.
 */
const respelt: ReadonlySet<string> = new Set([
  'manifest-deployment-with-comments',
  'manifest-with-anchors',
  'manifest-with-nulls',
  'nulls-for-absent',
]);
/** A status that came with a copied pod is never given back, and with it goes what only it says is ours. */
const copied = 'status-copied-without-container';

describe.each(files.map((file) => [`${file.folder}/${file.name}`, file] as const))('%s', (_, file) => {
  const { folder, name, text } = file;
  const result = injected(file);
  const after = changedText(result);

  if (!/^(service|workload)/.test(name)) {
    // `UPDATE_GOLDENS=1 npx vitest run --project unit test/offline` writes both again; what changed is for a review.
    test.each([
      [`injected${extname(name)}`, after],
      ['report.txt', reportOf('inject', [result], styleOf(false, {}))],
    ])('%s is as recorded', (golden, actual) => {
      const path = join(corpus, folder, golden);
      if (process.env.UPDATE_GOLDENS) writeFileSync(path, actual);
      expect(actual).toBe(existsSync(path) ? readFileSync(path, 'utf8') : '');
    });
  }

  test('the text says what the patches say', () => {
    const before = manifestOf(file, text).documents.map(({ value }) => value);
    const values = manifestOf(file, after).documents.map(({ value }) => value);
    const expected = before.map((value, i) => {
      const operations = result.operations.get(result.manifest.documents[i]!) ?? [];
      // What aliases name is one value in several places.
      return patched(JSON.parse(JSON.stringify(value)), { patch: operations });
    });
    expect(values).toEqual(expected);
    expect(jsonOutput([result])).toBe(values.map((value) => `${JSON.stringify(value, null, 4)}\n`).join(''));
  });

  test('no line is lost but those that change', () => {
    const removed = diffLines(text, after).filter(({ removed }) => removed);
    const lines = removed.reduce((sum, { count }) => sum + (count ?? 0), 0);
    expect(lines).toBeLessThanOrEqual([...result.operations.values()].flat().length);
  });

  test('a second time nothing changes', () => {
    expect(changedText(injected(file, after))).toBe(after);
  });

  test('uninject gives back the text', () => {
    const back = uninjected(file, after);
    const expected = text.includes(managedAnnotation.status) ? uninjected(file, text) : text;
    if (folder === copied) return expect(back).not.toContain(managedAnnotation.status);
    if (!respelt.has(folder)) expect(back).toBe(expected);
    const values = (of: string) => manifestOf(file, of).documents.map(({ value }) => value);
    expect(values(back)).toEqual(values(expected));
    expect(uninjected(file, back)).toBe(back);
  });
});

test('those that are not given back letter for letter differ, or they need not be listed', () => {
  const same = files.filter((file) => respelt.has(file.folder) && roundTrip(file) === file.text);
  expect(same.map(({ folder }) => folder)).toEqual([]);
});

function roundTrip(file: GivenFile): string {
  return uninjected(file, changedText(injected(file)));
}
