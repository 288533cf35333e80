import type { KubeObject } from '../kube.ts';

/** What is watched: one kind of object, all of them or those that the query selects. */
export interface WatchedResource<T> {
  /** `/api/v1/nodes`. */
  readonly path: string;
  /** Selectors: `{ fieldSelector: 'metadata.name=x' }`. */
  readonly query?: Readonly<Record<string, string>>;
  /** Asks for `metadata` alone (`metadataOnly`); the objects then hold nothing else. */
  readonly metadataOnly?: boolean;
  /**
   * What is kept of an object; nothing of it stays in memory otherwise. Where the kept parts of two versions are equal,
   * nothing changed. The API server does not say `kind` and `apiVersion` of what is in a list.
   */
  readonly keep: (object: KubeObject) => T;
}

/** A copy of part of the cluster that is kept up to date, and how far it can be trusted. */
export interface Watched<T> {
  /** By `namespace/name`, or `name` for what has no namespace. The same map until something changes. */
  readonly items: () => ReadonlyMap<string, T>;
  /** Whether it was ever complete. */
  readonly synced: () => boolean;
  /** When the API server last confirmed it (milliseconds since the epoch): an event, a bookmark, a list, an open watch. */
  readonly confirmed: () => number | undefined;
  /** Why it cannot be kept up to date right now. */
  readonly problem: () => string | undefined;
  /** Calls after each change of items, or of the three above; gives back how to end that. */
  readonly onChange: (listener: () => void) => () => void;
  /** Resolves once it was complete, or at the end. */
  readonly whenSynced: Promise<void>;
  stop(): void;
}
