import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { type JsonObject, objectOf } from '../../src/json/json.ts';

export const folder = join(import.meta.dirname, '../golden/mesh');

/** The injector of a mesh: Istio's with native sidecars, with ordinary ones, and Linkerd's. */
export type MeshName = 'istio' | 'istio-classic' | 'linkerd';

/** A pod as the real injector of a mesh left it: alone, and behind ours. */
export interface Recorded {
  readonly mesh: MeshName;
  readonly name: string;
  readonly pod: JsonObject;
  /** The mesh came first. */
  readonly first: JsonObject;
  /** The mesh came behind us. */
  readonly behind: JsonObject;
}

/** The pods that the injectors were given, by name. */
export function pods(): ReadonlyMap<string, JsonObject> {
  const given = load(readFileSync(join(folder, 'pods.yaml'), 'utf8')) as Record<string, JsonObject>;
  return new Map(Object.entries(given).map(([name, pod]) => [name, complete(name, pod)]));
}

function complete(name: string, pod: JsonObject): JsonObject {
  const metadata = objectOf(pod.metadata) ?? {};
  const annotations = { 'linkerd.io/inject': 'enabled', ...objectOf(metadata.annotations) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', ...metadata, annotations },
    spec: pod.spec!,
  };
}

export function recordings(): readonly Recorded[] {
  const given = pods();
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => {
      const mesh = file.slice(0, -'.json'.length) as MeshName;
      const read = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<
        string,
        Pick<Recorded, 'first' | 'behind'>
      >;
      return Object.entries(read).map(([name, left]) => ({ mesh, name, pod: given.get(name)!, ...left }));
    });
}
