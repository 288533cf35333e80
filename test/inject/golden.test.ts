import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { serviceAnnotations } from '../../src/contract/service-annotations.ts';
import { type Json, type JsonObject, objectOf, textsOf } from '../../src/json/json.ts';
import { podAnnotations } from '../../src/kinds/annotations.ts';
import { parseCommand } from '../../src/kinds/command.ts';
import { casesOf, corpus, folders } from './corpus.ts';
import { restrictedViolations } from './pod-security.ts';
import { codes, containerOf, containers, patched } from './pods.ts';
import { undone } from './undone.ts';

// `UPDATE_GOLDENS=1 npx vitest run --project unit test/inject` writes the outcomes again; what changed is for a review.
describe.each(folders)('golden %s', (folder) => {
  const cases = casesOf(folder).map((one) => ({ ...one, outcome: one.run(one.json) }));

  test('the outcome is as recorded', () => {
    const file = join(corpus, folder, 'outcome.json');
    const byPlace = Object.fromEntries(cases.map(({ at, outcome }) => [at, outcome]));
    const actual = existsSync(join(corpus, folder, 'manifest.yaml')) ? byPlace : cases[0]!.outcome;
    if (process.env.UPDATE_GOLDENS) writeFileSync(file, `${JSON.stringify(actual, null, 2)}\n`);
    expect(JSON.parse(JSON.stringify(actual))).toEqual(JSON.parse(readFileSync(file, 'utf8')));
    expect(cases.length).toBeGreaterThan(0);
  });

  test('a second pass changes nothing', () => {
    for (const { json, outcome, run } of cases) expect(run(patched(json, outcome)).patch).toEqual([]);
  });

  test('uninject gives back what inject was given, text for text', () => {
    for (const { what, json, outcome, undo } of cases) {
      if (undo === undefined) continue;
      const after = patched(json, outcome);
      const isAgain = what === 'service' || codes(outcome).includes('already_injected');
      const expected = isAgain ? patched(json, undo(json)) : undone(json);
      const back = patched(after, undo(after));
      expect(back).toEqual(expected);
      expect(JSON.stringify(back)).toBe(JSON.stringify(expected));
      expect(undo(back)).toMatchObject({ decision: 'unchanged', patch: [] });
    }
  });

  test('what is added is clean under Pod Security restricted, and its command parses', () => {
    for (const { what, json, outcome } of cases) {
      if (what !== 'pod' || outcome.decision !== 'injected') continue;
      const after = patched(json, outcome);
      const before = new Set(
        [...containers(json, 'containers'), ...containers(json, 'initContainers')].map(({ name }) => name),
      );
      const added = [...containers(after, 'initContainers'), ...containers(after, 'containers')].filter(
        ({ name }) => !before.has(name),
      );
      expect(added.flatMap((one) => restrictedViolations(one, after.spec as JsonObject))).toEqual([]);
      if (added.length > 0) {
        expect(parseCommand(containerOf(after, 'metrics-sidecar')!.args)).toMatchObject({ ok: true });
      }
    }
  });
});

describe('the corpus as a whole', () => {
  test('every annotation stands in one of its cases', () => {
    const all = [...podAnnotations.keys(), ...Object.values(serviceAnnotations).map(({ key }) => key)];
    const annotations = (json: Json | undefined) => [
      ...textsOf(objectOf(objectOf(json)?.metadata)?.annotations).keys(),
    ];
    const used = new Set(folders.flatMap((folder) => casesOf(folder).flatMap(({ json }) => annotations(json))));
    expect(all.filter((key) => !used.has(key))).toEqual([]);
  });

  test('has more than 120 inputs', () => {
    expect(folders.length).toBeGreaterThan(120);
  });
});
