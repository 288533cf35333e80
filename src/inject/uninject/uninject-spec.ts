import { takenPortNames } from '../../contract/names.ts';
import { quote } from '../../flags/codec.ts';
import { isObject, type Json, type JsonObject, listOf, objectOf, textOf } from '../../json/json.ts';
import { type Operation, pointer } from '../../json/operation.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';
import { retiredVariables, variablesOf } from '../plan/environment.ts';
import type { Pod, PodContainer } from '../pod/pod.ts';
import { portsOf, takeoverOf } from '../pod/status-annotation.ts';
import { type Empties, type InjectionRecord, type Moved, mountsOf, type Undo } from '../pod/undo.ts';
import { emptied } from './uninject-metadata.ts';

interface Edits {
  readonly operations: readonly Operation[];
  readonly reasons: readonly Reason[];
}

type Names = Readonly<{ [List in 'containers' | 'initContainers' | 'volumes']: readonly string[] }>;

/** The edits that remove the added containers and volumes, by name. */
export function listEdits(pod: Pod, names: Names, empty: Empties): Edits & { readonly removed: Names } {
  const operations: Operation[] = [];
  const reasons: Reason[] = [];
  const removed = { containers: [] as string[], initContainers: [] as string[], volumes: [] as string[] };
  for (const list of ['volumes', 'initContainers', 'containers'] as const) {
    const present = (listOf(pod.spec[list]) ?? []).map((item) => textOf(objectOf(item)?.name) ?? '');
    const indexes = present.flatMap((name, index) => (names[list].includes(name) ? [index] : []));
    removed[list] = names[list].filter((name) => present.includes(name));
    const what = list === 'volumes' ? 'volume' : 'container';
    const gone = names[list].filter((name) => !present.includes(name));
    reasons.push(...gone.map((name) => reason('gone_since', `${what} ${quote(name)}`)));
    operations.push(...without(pointer('spec', list), present.length, indexes, empty, list));
  }
  return { operations, reasons, removed };
}

/** Removes items of a list, the last one first, so that indexes hold; a list that is all ours becomes what it was. */
function without(path: string, length: number, indexes: readonly number[], empty: Empties, place: string): Operation[] {
  if (indexes.length === 0) return [];
  // A pod needs a container. Where the application's own were deleted, the list stays and is empty.
  if (indexes.length === length && place !== 'containers') return [emptied(path, empty, place)];
  return indexes.toReversed().map((index) => ({ op: 'remove', path: `${path}/${index}` }));
}

/** The edits of the application's containers: variables, mounts, and the names of ports that were moved. */
export function containerEdits(pod: Pod, { status, undo }: InjectionRecord, removed: Names): Edits {
  const operations: Operation[] = [];
  const reasons: Reason[] = [];
  const theirs = [...pod.containers, ...pod.initContainers].filter(({ list, name }) => !removed[list].includes(name));
  const present = new Set(theirs.map(({ name }) => name));
  const known =
    undo === undefined
      ? []
      : [
          ...(undo.env ?? []),
          ...mountsOf(undo).flatMap(({ to }) => to),
          ...(undo.moved ?? []).map(({ container }) => container),
        ];
  for (const name of new Set(known)) {
    if (!present.has(name)) reasons.push(reason('gone_since', `container ${quote(name)}`));
  }
  const taken = takeoverOf(status);
  const env = undo === undefined ? noVariables : variablesOf(portsOf(status));
  const retired = undo === undefined ? noVariables : retiredVariables(portsOf(status));
  for (const container of theirs) {
    const parts = undo === undefined ? [] : [moved(container, taken, undo), given(container, env, retired, undo)];
    for (const part of [...parts, mounts(container, undo, removed.volumes)]) {
      operations.push(...part.operations);
      reasons.push(...part.reasons);
    }
  }
  return { operations, reasons };
}

const nothing: Edits = { operations: [], reasons: [] };

function at({ list, index }: PodContainer, ...parts: readonly (string | number)[]): string {
  return pointer('spec', list, index, ...parts);
}

const noVariables: ReadonlyMap<string, string> = new Map();

/**
 * The edits that remove the container's added variables where they still have the written value. The record does not
 * tell the retired ones: they are removed where they are present.
 */
function given(
  container: PodContainer,
  wanted: ReadonlyMap<string, string>,
  retired: ReadonlyMap<string, string>,
  { env = [], kept = {}, empty = {} }: Undo,
): Edits {
  if (!env.includes(container.name)) return nothing;
  const own = Object.hasOwn(kept, container.name) ? kept[container.name]! : [];
  const items = listOf(container.json.env) ?? [];
  const removed: number[] = [];
  const reasons: Reason[] = [];
  const place = (name: string, value: string | undefined) =>
    value === undefined ? -1 : items.findLastIndex((item) => isItem(item, { name, value }));
  for (const name of new Set([...wanted.keys(), ...retired.keys()])) {
    if (own.includes(name)) continue;
    const index = [place(name, wanted.get(name)), place(name, retired.get(name))].find((one) => one >= 0);
    if (index !== undefined) removed.push(index);
    else if (wanted.has(name)) {
      const code = items.some((item) => objectOf(item)?.name === name) ? 'changed_since' : 'gone_since';
      reasons.push(reason(code, `container ${quote(container.name)}`, name));
    }
  }
  const indexes = removed.sort((a, b) => a - b);
  const operations = without(at(container, 'env'), items.length, indexes, empty, `env/${container.name}`);
  return { operations, reasons };
}

const noIndexes: ReadonlyMap<string, number[]> = new Map();

const mountKey = (name: string, mountPath: string) => JSON.stringify([name, mountPath]);

/**
 * The indexes of the mounts that have a name and a path and no other field, by both. Anyone can write a thousand
 * records into a status, so no record may search the list.
 */
function indexesOf(items: readonly Json[]): ReadonlyMap<string, number[]> {
  const indexes = new Map<string, number[]>();
  for (const [index, item] of items.entries()) {
    const { name, mountPath } = objectOf(item) ?? {};
    if (typeof name !== 'string' || typeof mountPath !== 'string' || !isItem(item, { name, mountPath })) continue;
    const key = mountKey(name, mountPath);
    const same = indexes.get(key);
    if (same === undefined) indexes.set(key, [index]);
    else same.push(index);
  }
  return indexes;
}

/** The mount that the container was given; of an older status, every mount of a volume that goes. */
function mounts(container: PodContainer, undo: Undo | undefined, volumes: readonly string[]): Edits {
  const items = listOf(container.json.volumeMounts) ?? [];
  const goes = (item: Json) => volumes.includes(textOf(objectOf(item)?.name) ?? '');
  const reasons: Reason[] = [];
  let indexes: number[] = [];
  if (undo === undefined) indexes = items.flatMap((item, index) => (goes(item) ? [index] : []));
  else {
    const records = mountsOf(undo).filter(({ to }) => to.includes(container.name));
    const places = records.length > 0 ? indexesOf(items) : noIndexes;
    for (const { name, mountPath } of records) {
      const index = places.get(mountKey(name, mountPath))?.pop();
      if (index !== undefined) indexes.push(index);
      else reasons.push(reason('gone_since', `container ${quote(container.name)}`, `mount ${mountPath}`));
    }
    indexes.sort((a, b) => a - b);
  }
  const removed = new Set(indexes);
  const dangling = items.filter((item, index) => goes(item) && !removed.has(index));
  for (const item of dangling) {
    const name = quote(textOf(objectOf(item)?.name) ?? '');
    reasons.push(reason('changed_since', `container ${quote(container.name)}`, `it mounts volume ${name}, which goes`));
  }
  const place = `volumeMounts/${container.name}`;
  return {
    operations: without(at(container, 'volumeMounts'), items.length, indexes, undo?.empty ?? {}, place),
    reasons,
  };
}

/** The names of ports that HAProxy took over, and the probes and hooks that used them. */
function moved(container: PodContainer, name: string | undefined, { moved: moves = [] }: Undo): Edits {
  const operations: Operation[] = [];
  const reasons: Reason[] = [];
  for (const move of moves.filter((one) => one.container === container.name)) {
    if (name === undefined) continue;
    const changed = (what: string) => reasons.push(reason('changed_since', `container ${quote(container.name)}`, what));
    const port = renamed(container, move);
    // Without the name on the port, a probe that called it so would find nothing: the number stays.
    if (port === undefined) {
      changed(`port ${move.port}`);
      continue;
    }
    operations.push({ op: port.op, path: at(container, 'ports', port.index, 'name'), value: name });
    for (const use of move.uses) {
      const path = use.split('/');
      const now = path.reduce<Json | undefined>((json, key) => objectOf(json)?.[key], container.json);
      if (objectOf(now)?.port === move.port)
        operations.push({ op: 'replace', path: at(container, ...path, 'port'), value: name });
      else changed(use);
    }
  }
  return { operations, reasons };
}

/** Where the port stands whose name was moved: under the name that it was left with, or without one. */
function renamed(
  { json }: PodContainer,
  { port, index }: Moved,
): { readonly index: number; readonly op: 'add' | 'replace' } | undefined {
  const ports = listOf(json.ports) ?? [];
  const left = (one: Json | undefined) =>
    isObject(one) &&
    one.containerPort === port &&
    (one.protocol ?? 'TCP') === 'TCP' &&
    (one.name === undefined || takenPortNames.test(textOf(one.name) ?? ''));
  // Further ports may have been declared before it since.
  const found = left(ports[index]) ? index : ports.findIndex(left);
  return found < 0 ? undefined : { index: found, op: objectOf(ports[found])?.name === undefined ? 'add' : 'replace' };
}

/** Whether an item of a list is the added one: these fields and no other. */
function isItem(item: Json, wanted: Readonly<{ [field: string]: string }>): boolean {
  const json: JsonObject | undefined = objectOf(item);
  const fields = Object.entries(wanted);
  return (
    json !== undefined &&
    Object.keys(json).length === fields.length &&
    fields.every(([field, value]) => json[field] === value)
  );
}
