import type { KubeObject } from '../kube.ts';

/** The objects of a watch: all of one kind, or those that the query selects. */
export interface WatchOptions<T> {
  /** `/api/v1/nodes`. */
  readonly path: string;
  /** Selectors: `{ fieldSelector: 'metadata.name=x' }`. */
  readonly query?: Readonly<Record<string, string>>;
  /** Asks for `metadata` alone (`metadataOnly`); the objects then hold nothing else. */
  readonly metadataOnly?: boolean;
  /**
   * Returns the part of an object that stays in memory. Where these parts of two versions are equal, nothing changed.
   * The objects of a list have no `kind` and no `apiVersion`.
   */
  readonly keep: (object: KubeObject) => T;
}

/** A copy of part of the cluster that is kept up to date, and its state. */
export interface ResourceWatch<T> {
  /** By `namespace/name`, or `name` of an object without a namespace. The same map until something changes. */
  readonly items: () => ReadonlyMap<string, T>;
  /** The parts of a namespace's objects, sorted by name: the same list until one of them changes. */
  readonly inNamespace: (namespace: string) => readonly T[];
  /** Whether the copy was ever complete. */
  readonly synced: () => boolean;
  /** When an event, a bookmark, a list or an opened watch last confirmed the copy; milliseconds since the epoch. */
  readonly confirmed: () => number | undefined;
  /** Why the copy cannot be kept up to date right now. */
  readonly problem: () => string | undefined;
  /** Calls `listener` after each change of the items or of the three above; the result ends that. */
  readonly onChange: (listener: () => void) => () => void;
  /** Resolves once the copy is complete, or when the watch is stopped. */
  readonly whenSynced: Promise<void>;
  stop(): void;
}
