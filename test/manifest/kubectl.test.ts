import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/json/json.ts';
import { objectsOf } from '../../src/manifest/objects.ts';
import { readManifest } from '../../src/manifest/read/manifest.ts';

/**
 * What kubectl 1.35 made of each text: `kubectl annotate --local -f FILE zz=1 -o json`, without that annotation.
 * It stops at the first error; what it had read before is not recorded.
 */
type Case = { readonly text: string } & ({ readonly objects: readonly Json[] } | { readonly error: string });

const cases: readonly Case[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../golden/manifest/kubectl.json'), 'utf8'),
);

/** Read although kubectl does not: a directive makes a warning, and the rest is as if it were not there. */
const lenient = /^%YAML/;

/** Refused although kubectl reads it: a lone carriage return is no line break to the reader, nor to most editors. */
const strict = /\r(?!\n)/;

describe.each(cases.map((one) => [JSON.stringify(one.text), one] as const))('%s', (_, one) => {
  const { documents, problems } = readManifest(one.text, 'manifest.yaml');
  const errors = problems.filter(({ severity }) => severity === 'error');

  if ('objects' in one && strict.test(one.text)) {
    test('is refused', () => expect(errors).not.toEqual([]));
  } else if ('objects' in one) {
    test('is read as kubectl reads it', () => {
      expect(errors).toEqual([]);
      const objects = documents.flatMap((document) => objectsOf(document, []));
      const read = objects.map(({ value, apiVersion, kind }) => ({ ...value, apiVersion, kind }));
      expect(JSON.parse(JSON.stringify(read))).toEqual(one.objects);
    });
  } else {
    test(`is refused: ${one.error}`, () => {
      expect(problems).not.toEqual([]);
      if (!lenient.test(one.text)) expect(errors).not.toEqual([]);
    });
  }
});
