import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { container as ours, volume } from '../../src/contract/names.ts';
import { injectPod } from '../../src/inject/inject.ts';
import type { Outcome } from '../../src/inject/outcome/outcome.ts';
import type { Facts, LimitRangeItem } from '../../src/inject/pod/namespace-facts.ts';
import { amountOf } from '../../src/inject/resources/quantity.ts';
import { isObject, type Json, type JsonObject } from '../../src/json/json.ts';
import type { Operation } from '../../src/json/operation.ts';
import { parseCommand } from '../../src/kinds/command.ts';
import { arbitraryFacts, arbitraryPod } from './arbitrary-pod.ts';
import { settings } from './cluster.ts';
import { restrictedViolations } from './pod-security.ts';
import { annotationsOf, containers, patched, statusOf, volumes } from './pods.ts';

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

const inject = (json: JsonObject, facts: Facts) => injectPod({ pod: json, facts, settings: settings() });

/** Checks each generated pod, and that enough of them were injected for the check to say something. */
function check(holds: (json: JsonObject, outcome: Outcome, after: JsonObject, facts: Facts) => void): void {
  let injected = 0;
  fc.assert(
    fc.property(arbitraryPod, arbitraryFacts, (json, facts) => {
      const outcome = inject(frozen(json), facts);
      if (outcome.decision === 'injected') injected++;
      holds(json, outcome, patched(json, outcome), facts);
    }),
    { numRuns: 300 },
  );
  expect(injected).toBeGreaterThan(30);
}

const names = new Set<string>(Object.values(ours));
const isOurs = ({ name }: { readonly name: string }) => names.has(name);

describe('for every pod', () => {
  test('the same input gives the same outcome, and is not written to', () => {
    check((json, outcome, _, facts) => {
      expect(JSON.stringify(inject(structuredClone(json), facts))).toBe(JSON.stringify(outcome));
    });
  });

  test('a second pass changes nothing, also after others have added containers', () => {
    check((_, outcome, after, facts) => {
      expect(inject(after, facts).patch).toEqual([]);
      if (outcome.decision !== 'injected') return;
      const spec = after.spec as JsonObject;
      const more = [{ name: 'mesh', image: 'm', ports: [{ containerPort: 9102 }] }, ...containers(after, 'containers')];
      expect(inject({ ...after, spec: { ...spec, containers: more } }, facts).patch).toEqual([]);
    });
  });

  test('the patch needs nothing but RFC 6902: applied by the letter, it makes the same pod', () => {
    check((json, outcome, after) => {
      expect(outcome.patch.reduce<Json>(appliedByTheLetter, json)).toEqual(after);
    });
  });

  test('what was there is there, in its order; only what is declared was added', () => {
    check((json, outcome, after) => {
      const before = json.spec as JsonObject;
      const spec = after.spec as JsonObject;
      const takeover =
        outcome.decision === 'injected' && (statusOf(after).decisions as JsonObject).takeover !== undefined;
      const compared = takeover ? withoutPortNames : withoutLists;
      for (const list of ['containers', 'initContainers'] as const) {
        expect(
          containers(after, list)
            .filter((one) => !isOurs(one))
            .map(compared),
        ).toEqual(containers(json, list).map(compared));
      }
      const count = volumes(json).length;
      expect(volumes(after).slice(0, count)).toEqual(volumes(json));
      const { containers: _c, initContainers: _i, volumes: _v, ...others } = before;
      const { containers: _d, initContainers: _j, volumes: _w, ...kept } = spec;
      expect(kept).toEqual(others);
      const was = outcome.decision === 'injected' ? (statusOf(after).was as JsonObject | undefined) : undefined;
      for (const [key, value] of Object.entries(annotationsOf(json))) {
        if (was === undefined || !Object.hasOwn(was, key)) expect(annotationsOf(after)[key]).toBe(value);
      }
    });
  });

  test('variables and mounts are appended, and define nothing twice', () => {
    check((json, _, after) => {
      containers(json, 'containers').forEach((one) => {
        const now = containers(after, 'containers').find(({ name }) => name === one.name)!;
        const env = one.env ?? [];
        const added = (now.env ?? []).slice(env.length).map(({ name }) => name);
        expect((now.env ?? []).slice(0, env.length)).toEqual(env);
        expect(added.filter((name) => env.some((other) => other.name === name))).toEqual([]);
        expect(new Set(added).size).toBe(added.length);
        const mounts = one.volumeMounts ?? [];
        expect((now.volumeMounts ?? []).slice(0, mounts.length)).toEqual(mounts);
        const paths = (now.volumeMounts ?? []).map(({ mountPath }) => mountPath);
        expect(new Set(paths).size).toBe(paths.length);
      });
    });
  });

  test('what is added is restricted-clean, mounts what there is, has names of its own, and parses', () => {
    check((_, outcome, after) => {
      if (outcome.decision !== 'injected') return;
      const all = [...containers(after, 'initContainers'), ...containers(after, 'containers')];
      const known = volumes(after).map(({ name }) => name);
      expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
      expect(new Set(known).size).toBe(known.length);
      for (const one of all.filter(isOurs)) {
        expect(restrictedViolations(one, after.spec as JsonObject)).toEqual([]);
        expect(one.volumeMounts.filter(({ name }) => !known.includes(name))).toEqual([]);
        const { requests, limits } = one.resources;
        expect(Object.keys(requests)).toEqual(['cpu', 'memory']);
        for (const text of Object.values({ ...requests, ...limits })) expect(amountOf(text)).toBeTypeOf('bigint');
        expect(limits).toHaveProperty('memory');
      }
      expect(parseCommand(all.find(({ name }) => name === ours.sidecar)!.args)).toMatchObject({ ok: true });
    });
  });

  test('our ports are nobody else’s', () => {
    check((json, outcome, after) => {
      if (outcome.decision !== 'injected') return;
      const declared = [...containers(json, 'containers'), ...containers(json, 'initContainers')].flatMap(
        ({ ports }) => ports ?? [],
      ) as unknown as JsonObject[];
      const theirs = new Set(declared.map(({ containerPort, protocol }) => `${containerPort}/${protocol ?? 'TCP'}`));
      const listening = Object.entries(statusOf(after).ports as Record<string, number>).map(
        ([name, port]) => `${port}/${name === 'statsd-udp' ? 'UDP' : 'TCP'}`,
      );
      expect(listening.filter((port) => theirs.has(port))).toEqual([]);
      expect(new Set(listening).size).toBe(listening.length);
    });
  });

  test('requests are at most limits, and LimitRanges of containers hold', () => {
    check((_, outcome, after, { namespace }) => {
      if (outcome.decision !== 'injected') return;
      const ranges = namespace.limitRanges.filter(({ type }) => type === 'Container');
      for (const one of [...containers(after, 'initContainers'), ...containers(after, 'containers')].filter(isOurs)) {
        for (const resource of ['cpu', 'memory'] as const) {
          const request = amountOf(one.resources.requests[resource]!)!;
          const limit = amountOf(one.resources.limits[resource] ?? '');
          expect(limit === undefined || request <= limit).toBe(true);
          expect(ranges.filter((range) => !allows(range, resource, request, limit))).toEqual([]);
        }
      }
    });
  });

  test('a pod that is not injected has at most a status more', () => {
    check((json, outcome, after) => {
      if (outcome.decision === 'injected') return;
      expect(after.spec).toEqual(json.spec);
      expect(outcome.patch.length).toBeLessThanOrEqual(1);
      if (outcome.patch.length === 1) expect(statusOf(after)).toMatchObject({ injected: false });
    });
  });
});

/** One operation as RFC 6902 says it: a parent has to be there, an index within its list, a value to replace too. */
function appliedByTheLetter(document: Json, { op, path, ...rest }: Operation): Json {
  const keys = path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const value = 'value' in rest ? rest.value : undefined;
  const change = (at: Json | undefined, [key, ...deeper]: readonly string[]): Json => {
    if (key === undefined) return value!;
    const last = deeper.length === 0;
    if (Array.isArray(at)) {
      const index = key === '-' && op === 'add' ? at.length : Number(key);
      if (!(index >= 0 && index < at.length + (last && op === 'add' ? 1 : 0)))
        throw new Error(`${path}: no index ${key}`);
      if (!last) return at.with(index, change(at[index], deeper)) as Json;
      return at.toSpliced(index, op === 'add' ? 0 : 1, ...(op === 'remove' ? [] : [value!])) as Json;
    }
    if (!isObject(at)) throw new Error(`${path}: no parent of ${key}`);
    if (!Object.hasOwn(at, key) && !(last && op === 'add')) throw new Error(`${path}: no ${key}`);
    if (!last) return { ...at, [key]: change(at[key], deeper) };
    const { [key]: _, ...others } = at;
    return op === 'remove' ? others : { ...at, [key]: value! };
  };
  return change(document, keys);
}

/** A container without what is appended to it; that has a property of its own. */
function withoutLists({ env: _e, volumeMounts: _m, ...rest }: JsonObject): JsonObject {
  return rest;
}

/** And without what a takeover of a port's name edits. */
function withoutPortNames(container: JsonObject): JsonObject {
  const { name, ...rest } = withoutLists(container);
  const text = JSON.stringify(rest, (key, value: unknown) => (key === 'port' || key === 'name' ? undefined : value));
  return { ...(JSON.parse(text) as JsonObject), name: name! };
}

function allows(
  { max, min, maxLimitRequestRatio }: LimitRangeItem,
  resource: 'cpu' | 'memory',
  request: bigint,
  limit: bigint | undefined,
): boolean {
  const [most, least, ratio] = [max, min, maxLimitRequestRatio].map((one) => amountOf(one?.[resource] ?? ''));
  if (least !== undefined && request < least) return false;
  if (limit === undefined) return most === undefined && ratio === undefined;
  if (most !== undefined && limit > most) return false;
  return ratio === undefined || limit * 1_000_000_000n <= request * ratio;
}

test('the volumes that applications could know are ours by name', () => {
  expect(Object.values(volume).every((name) => name.startsWith('metrics-sidecar-'))).toBe(true);
});
