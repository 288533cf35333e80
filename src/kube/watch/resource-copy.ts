import { deferred } from '../../timing/deferred.ts';
import type { KubeObject } from '../kube.ts';
import { createChanges } from './change-listeners.ts';
import { createObjectStore, keyOf } from './object-store.ts';
import type { Told } from './watch-once.ts';
import type { Watched } from './watched.ts';

/** A copy of a resource, and what happens to it. */
export interface Copy<T> {
  readonly seen: Omit<Watched<T>, 'stop'>;
  /** Begins a list: what is added counts from `done` on, and then it is all there is. */
  readonly list: () => { readonly add: (page: readonly KubeObject[]) => void; readonly done: () => void };
  readonly take: (event: Told) => void;
  /** The API server answered: the copy is as good as what was told so far. */
  readonly confirm: () => void;
  readonly fail: (problem: string) => void;
  readonly end: () => void;
}

export interface CopyDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Gets what `keep` or a listener threw. */
  readonly failed: (error: unknown) => void;
}

export function createCopy<T>(keep: (object: KubeObject) => T, { now, failed }: CopyDeps): Copy<T> {
  const store = createObjectStore<T>();
  const changes = createChanges(failed);
  const { promise: whenSynced, resolve: answerSynced } = deferred<void>();
  let synced = false;
  let confirmed: number | undefined;
  let problem: string | undefined;

  const confirm = () => {
    confirmed = now();
    problem = undefined;
    changes.tell();
  };
  /** An object that cannot be read leaves what was known of it before, and takes no other object with it. */
  const kept = (object: KubeObject, put: (key: string, value: T) => void) => {
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
    seen: {
      items: store.items,
      synced: () => synced,
      confirmed: () => confirmed,
      problem: () => problem,
      onChange: changes.listen,
      whenSynced,
    },
    list: () => {
      const all = new Map<string, T>();
      return {
        add: (page) => {
          for (const object of page) kept(object, (key, value) => all.set(key, value));
        },
        done: () => {
          store.replace(all);
          synced = true;
          confirm();
          answerSynced();
        },
      };
    },
    take: (event) => {
      if (event.type === 'put') kept(event.object, store.put);
      if (event.type === 'remove') store.remove(keyOf(event.object));
      confirm();
    },
    confirm,
    fail: (text) => {
      problem = text;
      changes.tell();
    },
    end: () => {
      changes.stop();
      answerSynced();
    },
  };
}
