import { isList, isObject, type JsonObject, objectOf, objectsOf, textOf, textsOf } from '../../json/json.ts';
import { shownKey } from '../outcome/reason-text.ts';

/** A container of the pod, with its position. */
export interface PodContainer {
  readonly list: 'containers' | 'initContainers';
  readonly index: number;
  readonly name: string;
  readonly json: JsonObject;
  /** An init container that keeps running. */
  readonly native: boolean;
}

/** A pod as the engine reads it. Parts that many steps look up are looked up once. */
export interface Pod {
  readonly json: JsonObject;
  readonly metadata: JsonObject;
  readonly spec: JsonObject;
  readonly annotations: ReadonlyMap<string, string>;
  readonly containers: readonly PodContainer[];
  /** The application's containers: they get variables, mounts and changed probes. The plan chooses them. */
  readonly served: readonly PodContainer[];
  readonly initContainers: readonly PodContainer[];
  readonly volumes: readonly JsonObject[];
  /** Names of all containers, ephemeral ones included. */
  readonly containerNames: ReadonlySet<string>;
  readonly volumeNames: ReadonlySet<string>;
}

const lists = ['initContainers', 'ephemeralContainers', 'volumes'] as const;

/**
 * Reads a pod. The API server sends well-formed pods only, but a file may hold anything: a part that the engine would
 * have to guess at or overwrite is a problem.
 */
export function readPod(json: JsonObject): Pod | { readonly problem: string } {
  const metadata = json.metadata ?? {};
  const spec = json.spec;
  if (!isObject(metadata)) return { problem: 'metadata is not an object' };
  for (const field of ['annotations', 'labels']) {
    const map = metadata[field] ?? {};
    if (!isObject(map)) return { problem: `metadata.${field} is not a map of strings` };
    if (Object.values(map).some((value) => typeof value !== 'string')) return { problem: textProblem(field, map) };
  }
  if (!isObject(spec)) return { problem: 'spec is not an object' };
  if (!isList(spec.containers) || spec.containers.length === 0) return { problem: 'spec.containers has no container' };
  for (const field of ['containers', ...lists] as const) {
    const list = spec[field] ?? [];
    if (!isList(list) || !list.every((item) => isObject(item) && typeof item.name === 'string')) {
      return { problem: `spec.${field} is not a list of objects with names` };
    }
  }
  const problem = containerProblem(spec);
  if (problem !== undefined) return { problem };
  return podOf(json, metadata, spec);
}

function textProblem(field: string, map: JsonObject): string {
  const [key, value] = Object.entries(map).find((entry) => typeof entry[1] !== 'string')!;
  const cure = isObject(value) || isList(value) ? 'write a string' : `write "${String(value ?? '')}" in quotes`;
  return `metadata.${field} ${shownKey(key)} is not a string: ${cure}`;
}

function podOf(json: JsonObject, metadata: JsonObject, spec: JsonObject): Pod {
  const containers = containersOf(spec, 'containers');
  const initContainers = containersOf(spec, 'initContainers');
  const volumes = objectsOf(spec.volumes);
  const ephemeral = objectsOf(spec.ephemeralContainers).map(({ name }) => textOf(name) ?? '');
  return {
    json,
    metadata,
    spec,
    annotations: textsOf(metadata.annotations),
    containers,
    served: containers,
    initContainers,
    volumes,
    containerNames: new Set([...containers, ...initContainers].map(({ name }) => name).concat(ephemeral)),
    volumeNames: new Set(volumes.map(({ name }) => textOf(name) ?? '')),
  };
}

function containersOf(spec: JsonObject, list: PodContainer['list']): PodContainer[] {
  return objectsOf(spec[list]).map((json, index) => ({
    list,
    index,
    name: textOf(json.name) ?? '',
    json,
    native: list === 'initContainers' && json.restartPolicy === 'Always',
  }));
}

/** The problem of a container whose lists the engine could not add to or index. */
function containerProblem(spec: JsonObject): string | undefined {
  for (const container of [...objectsOf(spec.containers), ...objectsOf(spec.initContainers)]) {
    for (const field of ['env', 'ports', 'volumeMounts']) {
      const list = container[field] ?? [];
      // Ports are edited by their index, so every item counts; the others are only appended to, and may be long.
      if (!isList(list) || (field === 'ports' && !list.every(isObject))) {
        return `${field} of container ${JSON.stringify(container.name).slice(0, 70)} is not a list of objects`;
      }
    }
  }
  return undefined;
}

/** The uid that the pod's security context sets. */
export function podUser({ spec }: Pod): number | undefined {
  const user = objectOf(spec.securityContext)?.runAsUser;
  return typeof user === 'number' ? user : undefined;
}
