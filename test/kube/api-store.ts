import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../src/kube/kube.ts';

/** A change, as a watch tells it. `before` is undefined for what is new, `after` for what is gone. */
export interface Change {
  readonly version: number;
  readonly key: string;
  readonly before: KubeObject | undefined;
  readonly after: KubeObject | undefined;
}

/** The objects of a cluster, and every change that was made to them since the last compaction. */
export interface ApiStore {
  readonly version: () => number;
  /** The oldest version from which the changes are still known. */
  readonly oldest: () => number;
  readonly all: () => readonly (readonly [key: string, object: KubeObject])[];
  readonly get: (key: string) => KubeObject | undefined;
  /** Stores it under a version of its own; gives back what is stored. What changes nothing gets no new version. */
  readonly put: (key: string, object: KubeObject) => KubeObject;
  readonly remove: (key: string) => KubeObject | undefined;
  readonly since: (version: number) => readonly Change[];
  /** Forgets all changes. The version moves on, so that whoever resumes from an earlier one has missed something. */
  readonly compact: () => void;
}

export function createApiStore(changed: (change: Change) => void): ApiStore {
  const objects = new Map<string, KubeObject>();
  let changes: Change[] = [];
  let version = 100;
  let oldest = version;
  let identity = 0;

  const record = (key: string, before: KubeObject | undefined, after: KubeObject | undefined) => {
    const change = { version, key, before, after };
    changes.push(change);
    changed(change);
  };

  const put = (key: string, object: KubeObject): KubeObject => {
    const before = objects.get(key);
    const uid = before?.metadata.uid ?? object.metadata.uid ?? `uid-${++identity}`;
    const creationTimestamp =
      before?.metadata.creationTimestamp ?? object.metadata.creationTimestamp ?? '2026-01-01T00:00:00Z';
    const stored = (resourceVersion: string | undefined): KubeObject =>
      structuredClone({
        ...object,
        metadata: { ...object.metadata, uid, creationTimestamp, ...(resourceVersion && { resourceVersion }) },
      });
    if (before !== undefined && isDeepStrictEqual(before, stored(before.metadata.resourceVersion))) return before;
    version += 1;
    const after = stored(String(version));
    objects.set(key, after);
    record(key, before, after);
    return after;
  };

  return {
    version: () => version,
    oldest: () => oldest,
    all: () => [...objects].sort(([a], [b]) => (a < b ? -1 : 1)),
    get: (key) => objects.get(key),
    put,
    remove: (key) => {
      const before = objects.get(key);
      if (before === undefined) return undefined;
      version += 1;
      objects.delete(key);
      // The object of the event has the version of its end.
      const last = { ...before, metadata: { ...before.metadata, resourceVersion: String(version) } };
      record(key, last, undefined);
      return before;
    },
    since: (from) => changes.filter((change) => change.version > from),
    compact: () => {
      version += 1;
      oldest = version;
      changes = [];
    },
  };
}
