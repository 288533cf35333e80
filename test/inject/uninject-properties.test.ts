import fc from 'fast-check';
import { expect, test } from 'vitest';
import { injectPod } from '../../src/inject/inject.ts';
import type { Facts } from '../../src/inject/pod/namespace-facts.ts';
import { uninjectPod } from '../../src/inject/uninject/uninject.ts';
import { isList, isObject, type Json, type JsonObject } from '../../src/json/json.ts';
import { arbitraryFacts, arbitraryPod } from './arbitrary-pod.ts';
import { settings } from './cluster.ts';
import { annotationsOf, patched, statusOf } from './pods.ts';

const key = 'metrics-sidecar.io/status';
const inject = (json: JsonObject, facts: Facts) => patched(json, injectPod({ pod: json, facts, settings: settings() }));
const uninject = (json: JsonObject) => patched(json, uninjectPod(json));

/** Checks each generated pod, and that enough of them were written to for the check to say something. */
function check(holds: (json: JsonObject, after: JsonObject, seed: number, facts: Facts) => void): void {
  let injected = 0;
  fc.assert(
    fc.property(arbitraryPod, arbitraryFacts, fc.nat(), (json, facts, seed) => {
      const after = inject(json, facts);
      if (annotationsOf(after)[key] !== undefined && statusOf(after).injected === true) injected++;
      holds(json, after, seed, facts);
    }),
    { numRuns: 300 },
  );
  expect(injected).toBeGreaterThan(30);
}

/** The same value with the keys of its objects in another order. */
function shuffled(value: Json, seed: number): Json {
  if (isList(value)) return value.map((item) => shuffled(item, seed));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, one]) => [name, shuffled(one, seed)] as const);
  const at = entries.length === 0 ? 0 : seed % entries.length;
  return Object.fromEntries([...entries.slice(at), ...entries.slice(0, at).reverse()]);
}

test('uninject gives back what inject was given, keys in their order', () => {
  check((json, after) => {
    const back = uninject(after);
    expect(back).toEqual(json);
    expect(JSON.stringify(back)).toBe(JSON.stringify(json));
  });
});

test('what is undone has nothing to report, and a second time there is nothing to undo', () => {
  check((json, after) => {
    const result = uninjectPod(after);
    if (result.decision !== 'unchanged') expect(result).toMatchObject({ decision: 'uninjected', reasons: [] });
    expect(uninjectPod(patched(after, result))).toMatchObject({ decision: 'unchanged', patch: [] });
    expect(uninjectPod(json)).toMatchObject({ decision: 'unchanged', patch: [] });
  });
});

test('the order of keys does not matter, of the status neither', () => {
  check((json, after, seed) => {
    const other = shuffled(after, seed) as JsonObject;
    const text = annotationsOf(other)[key];
    if (text === undefined) return;
    const status = JSON.stringify(shuffled(JSON.parse(text) as Json, seed));
    const metadata = other.metadata as JsonObject;
    const annotations = { ...(metadata.annotations as JsonObject), [key]: status };
    expect(uninject({ ...other, metadata: { ...metadata, annotations } })).toEqual(json);
  });
});

test('injected, taken off and injected again is the same pod', () => {
  check((_, after, __, facts) => {
    expect(inject(uninject(after), facts)).toEqual(after);
  });
});

test('what somebody adds between stays', () => {
  check((json, after) => {
    const grown = (one: JsonObject): JsonObject => {
      const [spec, metadata] = [one.spec as JsonObject, one.metadata as JsonObject];
      const containers = (spec.containers as readonly JsonObject[]).map((container) => ({
        ...container,
        env: [{ name: 'FIRST', value: '1' }, ...((container.env as readonly Json[] | null | undefined) ?? [])],
      }));
      return {
        ...one,
        metadata: { ...metadata, annotations: { ...(metadata.annotations as JsonObject), note: 'later' } },
        spec: {
          ...spec,
          containers,
          volumes: [...((spec.volumes as readonly Json[] | null) ?? []), { name: 'later' }],
        },
      };
    };
    // Ours are containers of the list too; whoever adds to them loses it with them.
    expect(uninject(grown(after))).toEqual(grown(json));
  });
});

test('no text in the place of the status is a crash, or a pod that is none', () => {
  fc.assert(
    fc.property(arbitraryPod, fc.oneof(fc.json({ maxDepth: 4 }), fc.string()), (json, text) => {
      const metadata = json.metadata as JsonObject;
      const hostile = { ...json, metadata: { ...metadata, annotations: { ...annotationsOf(json), [key]: text } } };
      const back = uninject(hostile);
      expect((back.spec as JsonObject).containers).toEqual((json.spec as JsonObject).containers);
    }),
    { numRuns: 300 },
  );
});
