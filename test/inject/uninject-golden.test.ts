import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { reasons } from '../../src/inject/outcome/reasons.ts';
import { type Uninjected, uninjectPod } from '../../src/inject/uninject/uninject.ts';
import { uninjectService } from '../../src/inject/uninject/uninject-service.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { folders as injectFolders, outcomesOf } from './corpus.ts';
import { codes, patched } from './pods.ts';

// One folder each: a pod or Service as somebody left it, what becomes of it, and the object then.
// `UPDATE_GOLDENS=1 npx vitest run --project unit test/inject` writes both again.
const root = join(import.meta.dirname, '../golden/uninject');
const folders = readdirSync(root);
const file = (folder: string, name: string) => join(root, folder, name);
const recorded = (folder: string, name: string) => JSON.parse(readFileSync(file(folder, name), 'utf8')) as unknown;

describe.each(folders)('golden %s', (folder) => {
  const isPod = existsSync(file(folder, 'pod.yaml'));
  const run = isPod ? uninjectPod : uninjectService;
  const json = load(readFileSync(file(folder, isPod ? 'pod.yaml' : 'service.yaml'), 'utf8')) as JsonObject;
  const result = run(json);
  const after = patched(json, result);

  test.each([
    ['outcome.json', result],
    ['after.json', after],
  ])('%s is as recorded', (name, actual) => {
    if (process.env.UPDATE_GOLDENS) writeFileSync(file(folder, name), `${JSON.stringify(actual, null, 2)}\n`);
    expect(actual).toEqual(recorded(folder, name));
  });

  test('once is enough', () => {
    expect(run(after).patch).toEqual([]);
  });
});

// What the API server would not take itself, or nobody has: in the tests of pods, of manifests' texts, of the status
// and of what is not read; of custom resources among manifests.
const elsewhere: readonly string[] = [
  ...['malformed_pod', 'not_string', 'annotations_full'],
  ...['annotations_too_large', 'pod_too_large', 'review_too_large'],
  ...['template_unread', 'template_custom'],
];

test('every other reason of the catalogue is given by a case of inject or of uninject', () => {
  const given = new Set<string>([
    ...injectFolders.flatMap((folder) => outcomesOf(folder).flatMap(codes)),
    ...folders.flatMap((folder) => codes(recorded(folder, 'outcome.json') as Uninjected)),
  ]);
  expect(Object.keys(reasons).filter((code) => !given.has(code))).toEqual(elsewhere);
});
