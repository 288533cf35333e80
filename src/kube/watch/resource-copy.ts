import { deferred } from '../../timing/deferred.ts';
import type { KubeObject } from '../kube.ts';
import { createChangeListeners } from './change-listeners.ts';
import { createObjectStore, keyOf } from './object-store.ts';
import type { ResourceWatch } from './resource-watch.ts';
import type { ReceivedEvent } from './watch-once.ts';

/** A copy of a resource, and the functions that change it. */
export interface ResourceCopy<T> {
  readonly view: Omit<ResourceWatch<T>, 'stop'>;
  /** Begins a list: its objects replace the whole copy at `done`. */
  readonly list: () => { readonly add: (page: readonly KubeObject[]) => void; readonly done: () => void };
  readonly apply: (event: ReceivedEvent) => void;
  /** The API server answered: the copy holds all changes up to now. */
  readonly confirm: () => void;
  readonly fail: (problem: string) => void;
  readonly end: () => void;
}

export interface ResourceCopyDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Gets the exceptions of `keep` and of listeners. */
  readonly failed: (error: unknown) => void;
}

export function createResourceCopy<T>(
  keep: (object: KubeObject) => T,
  { now, failed }: ResourceCopyDeps,
): ResourceCopy<T> {
  const store = createObjectStore<T>();
  const changes = createChangeListeners(failed);
  const { promise: whenSynced, resolve: resolveSynced } = deferred<void>();
  let synced = false;
  let confirmed: number | undefined;
  let problem: string | undefined;

  const confirm = () => {
    confirmed = now();
    problem = undefined;
    changes.notify();
  };
  /** Where `keep` throws, the value before stays; the other objects are not affected. */
  const putKept = (object: KubeObject, put: (key: string, value: T) => void) => {
    const key = keyOf(object);
    try {
      put(key, keep(object));
    } catch (error) {
      failed(error);
      const before = store.items().get(key);
      if (before !== undefined) put(key, before);
    }
  };
  return {
    view: {
      items: store.items,
      inNamespace: store.inNamespace,
      synced: () => synced,
      confirmed: () => confirmed,
      problem: () => problem,
      onChange: changes.add,
      whenSynced,
    },
    list: () => {
      const all = new Map<string, T>();
      return {
        add: (page) => {
          for (const object of page) putKept(object, (key, value) => all.set(key, value));
        },
        done: () => {
          store.replace(all);
          synced = true;
          confirm();
          resolveSynced();
        },
      };
    },
    apply: (event) => {
      if (event.type === 'put') putKept(event.object, store.put);
      if (event.type === 'remove') store.remove(keyOf(event.object));
      confirm();
    },
    confirm,
    fail: (text) => {
      problem = text;
      changes.notify();
    },
    end: () => {
      changes.stop();
      resolveSynced();
    },
  };
}
