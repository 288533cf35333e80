import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { parseCommand } from '../../src/contract/command.ts';
import { injectPod, injectService, lintWorkload } from '../../src/inject/inject.ts';
import type { JsonObject } from '../../src/inject/json.ts';
import type { Outcome } from '../../src/inject/outcome.ts';
import { reasons } from '../../src/inject/reasons.ts';
import { facts, settings } from './cluster.ts';
import { restrictedViolations } from './pod-security.ts';
import { codes, containerOf, containers, patched } from './pods.ts';

// One folder each: pod, service or workload (YAML or JSON), facts.json and settings.json where they are not the usual
// ones, and the whole outcome. `UPDATE_GOLDENS=1 npx vitest run --project unit test/inject` writes the outcomes anew.
const root = join(import.meta.dirname, '../golden/inject');
const objects = ['pod', 'service', 'workload'] as const;

function read(folder: string, name: string): JsonObject | undefined {
  for (const [extension, parse] of [
    ['yaml', load],
    ['json', JSON.parse],
  ] as const) {
    const file = join(root, folder, `${name}.${extension}`);
    if (existsSync(file)) return parse(readFileSync(file, 'utf8')) as JsonObject;
  }
  return undefined;
}

interface Golden {
  readonly what: (typeof objects)[number];
  readonly object: JsonObject;
  readonly run: (object: JsonObject) => Outcome;
}

function golden(folder: string): Golden {
  const given = { facts: facts(read(folder, 'facts') ?? {}), settings: settings(read(folder, 'settings') ?? {}) };
  for (const what of objects) {
    const object = read(folder, what);
    if (object === undefined) continue;
    const run = {
      pod: (json: JsonObject) => injectPod({ pod: json, ...given }),
      service: (json: JsonObject) => injectService({ service: json, settings: given.settings }),
      workload: (json: JsonObject) => lintWorkload({ workload: json, ...given }),
    }[what];
    return { what, object, run };
  }
  throw new Error(`${folder} holds no object`);
}

describe.each(readdirSync(root))('golden %s', (folder) => {
  const { what, object, run } = golden(folder);
  const outcome = run(object);

  test('the outcome is as recorded', () => {
    const file = join(root, folder, 'outcome.json');
    if (process.env.UPDATE_GOLDENS) writeFileSync(file, `${JSON.stringify(outcome, null, 2)}\n`);
    expect(JSON.parse(JSON.stringify(outcome))).toEqual(JSON.parse(readFileSync(file, 'utf8')));
  });

  test('a second pass changes nothing', () => {
    expect(run(patched(object, outcome)).patch).toEqual([]);
  });

  if (what === 'pod' && outcome.decision === 'injected') {
    test('what is added is clean under Pod Security restricted, and its command parses', () => {
      const after = patched(object, outcome);
      const before = new Set(
        [...containers(object, 'containers'), ...containers(object, 'initContainers')].map((one) => one.name),
      );
      const added = [...containers(after, 'initContainers'), ...containers(after, 'containers')].filter(
        ({ name }) => !before.has(name),
      );
      expect(added.flatMap((one) => restrictedViolations(one, after.spec as JsonObject))).toEqual([]);
      if (added.length > 0) {
        expect(parseCommand(containerOf(after, 'metrics-sidecar')!.args)).toMatchObject({ ok: true });
      }
    });
  }
});

// What the API server would not take itself is in the tests of pods and of the status.
const elsewhere: readonly string[] = ['malformed_pod', 'annotations_full'];

test('every other reason of the catalogue is given by one of them', () => {
  const given = new Set<string>(
    readdirSync(root).flatMap((folder) =>
      codes(JSON.parse(readFileSync(join(root, folder, 'outcome.json'), 'utf8')) as Outcome),
    ),
  );
  expect(Object.keys(reasons).filter((code) => !given.has(code))).toEqual(elsewhere);
});
