import { type Json, type JsonObject, objectOf } from '../../json/json.ts';
import { type Operation, pointer } from '../../json/operation.ts';
import type { Pod } from '../pod/pod.ts';
import type { Changes } from './additions.ts';

/**
 * The patch that makes the changes. It never replaces a list: a diff by positions would put fields that the differ does
 * not know on the wrong containers. Edits of existing containers come before the lists grow, so their indexes are those
 * of the request. Parents that are absent (or null) are added whole, once.
 */
export function patchOf(pod: Pod, changes: Changes): Operation[] {
  const { metadata, spec } = pod;
  const operations: Operation[] = [];
  if (pod.json.metadata === undefined || pod.json.metadata === null) {
    if (changes.annotations.size + changes.labels.size > 0) {
      operations.push({ op: 'add', path: '/metadata', value: {} });
    }
  }
  operations.push(...mapOperations(metadata, 'annotations', changes.annotations));
  operations.push(...mapOperations(metadata, 'labels', changes.labels));
  operations.push(...changes.edits);
  for (const { container, env, mounts } of changes.additions) {
    const path = pointer('spec', container.list, container.index);
    operations.push(...appended(container.json.env, `${path}/env`, env));
    operations.push(...appended(container.json.volumeMounts, `${path}/volumeMounts`, mounts));
  }
  operations.push(...appended(spec.volumes, '/spec/volumes', changes.volumes));
  operations.push(...prepended(spec.initContainers, '/spec/initContainers', changes.initContainers));
  operations.push(...appended(spec.containers, '/spec/containers', changes.containers));
  return operations;
}

/** Writes the entries of `metadata.annotations` or `metadata.labels` that differ. */
export function mapOperations(
  metadata: JsonObject,
  field: 'annotations' | 'labels',
  entries: ReadonlyMap<string, string>,
): Operation[] {
  const present = objectOf(metadata[field]);
  const has = (key: string) => present !== undefined && Object.hasOwn(present, key);
  const changed = [...entries].filter(([key, value]) => !has(key) || present![key] !== value);
  if (changed.length === 0) return [];
  if (present === undefined) {
    return [{ op: 'add', path: pointer('metadata', field), value: Object.fromEntries(changed) }];
  }
  return changed.map(([key, value]) => ({
    op: has(key) ? 'replace' : 'add',
    path: pointer('metadata', field, key),
    value,
  }));
}

function appended(present: Json | undefined, path: string, items: readonly Json[]): Operation[] {
  if (items.length === 0) return [];
  if (present === undefined || present === null) return [{ op: 'add', path, value: items }];
  return items.map((value) => ({ op: 'add', path: `${path}/-`, value }));
}

function prepended(present: Json | undefined, path: string, items: readonly Json[]): Operation[] {
  if (items.length === 0) return [];
  if (present === undefined || present === null) return [{ op: 'add', path, value: items }];
  return items.map((value, i) => ({ op: 'add', path: `${path}/${i}`, value }));
}
