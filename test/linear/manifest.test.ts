import { describe, expect, test } from 'vitest';
import { readManifest } from '../../src/manifest/read/manifest.ts';
import { readSettings } from '../../src/settings/settings-file.ts';
import { steepness } from './growth.ts';
import { shapes } from './shapes.ts';

const readers: readonly (readonly [string, (text: string) => unknown])[] = [
  ['a manifest', (text) => readManifest(text, 'x.yaml')],
  ['a comment of a manifest', (text) => readManifest(`# ${text.replaceAll(/[\r\n]+/g, '\n# ')}\na: 1\n`, 'x.yaml')],
  ['a settings file', readSettings],
];

describe.each(readers)('%s', (_, read) => {
  test.each(shapes)('$name', async ({ make }) => {
    expect(await steepness(read, make, 32_768)).toBeUndefined();
  });
});

test.each([
  `${'#'.repeat(98)}\na: 1\n`,
  `# see ${Array.from({ length: 28 }, (_, i) => `#${i + 1}`).join(' ')}\na: 1\n`,
  `# 100${'%'.repeat(60)}\na: 1\n`,
  `a: 1\n---\n${'# ## B ##\n'.repeat(40)}b: 2\n`,
])('a banner before the first key is read: %#', (text) => {
  expect(readManifest(text, 'x.yaml').documents.map(({ value }) => Object.keys(value as object)[0])[0]).toBe('a');
});
