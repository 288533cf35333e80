import { createLruCache } from '../memory/lru-cache.ts';
import type { Note } from './event-note.ts';
import type { Target } from './event-object.ts';

/** Notifications that make one write. */
export interface Batch {
  readonly namespace: string;
  readonly target: Target;
  /** Whether the target is the object that the Event is about, or still the pod's direct owner. */
  readonly isFinal: boolean;
  readonly note: Note;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly first: number;
  readonly last: number;
  /** Requests for it that the API server did not answer. */
  readonly attempts: number;
}

export interface QueueLimits {
  /** Milliseconds from the first notification to its write, which includes those that come meanwhile. */
  readonly delay: number;
  /** Milliseconds between two writes for the same object and reason. */
  readonly window: number;
  /** The most batches that wait. */
  readonly most: number;
}

export type Step =
  | { readonly do: 'find' | 'write'; readonly batch: Batch }
  /** No batch is due before `until`; undefined: none waits. */
  | { readonly do: 'wait'; readonly until: number | undefined };

/** The batches that are still to be written. No clock and no I/O of its own. */
export interface EventQueue {
  /**
   * Returns how many notifications were dropped to make room: none, its own, or those of a batch of the namespace with
   * the most, so that a flood in one namespace takes no room from the others.
   */
  add(batch: Batch): number;
  /**
   * The batches that are due at `now`: the namespaces take turns, and each gives its oldest batch first. The queue
   * takes out a batch that is to be written or whose owner is to be found; the batch comes back by `add`, if it does.
   * `all`: every batch is due.
   */
  next(now: number, all?: boolean): Step;
  /** Empties the queue; returns how many notifications were in it. */
  clear(): number;
}

/** The key of an Event: all notifications of one key are one Event (for each instance). */
export function eventKey({ namespace, target, note }: Pick<Batch, 'namespace' | 'target' | 'note'>): string {
  return `${objectKey(namespace, target)}\n${note.reason}\n${note.message}`;
}

function objectKey(namespace: string, { apiVersion, kind, name, uid }: Target): string {
  // Every field: the pod's author wrote the owner reference, and its uid may be that of another object.
  return `${namespace}\n${apiVersion}\n${kind}\n${name}\n${uid ?? ''}`;
}

export function createEventQueue({ delay, window, most }: QueueLimits): EventQueue {
  // By namespace, in the order of their turns.
  const waiting = new Map<string, Map<string, Batch>>();
  let size = 0;
  const written = createLruCache<number>(most);
  const pace = ({ namespace, target, note }: Batch) => `${objectKey(namespace, target)}\n${note.reason}`;

  const due = (batch: Batch, now: number): number => {
    const before = batch.isFinal ? written.get(pace(batch)) : undefined;
    // A time ahead of the clock is from before the clock was set back.
    const paced = before === undefined || before > now ? 0 : before + window;
    return Math.max(batch.first > now ? 0 : batch.first + delay, paced);
  };

  /** Takes the newest batch out of the namespace that has the most, unless `namespace` has as many. */
  const makeRoom = (namespace: string): Batch | undefined => {
    const own = waiting.get(namespace)?.size ?? 0;
    const [, largest] = [...waiting].reduce((a, b) => (b[1].size > a[1].size ? b : a), ['', new Map<string, Batch>()]);
    if (largest.size <= own + 1) return undefined;
    const key = [...largest.keys()].at(-1)!;
    const evicted = largest.get(key)!;
    largest.delete(key);
    size -= 1;
    return evicted;
  };
  const remove = (namespace: string, key: string) => {
    const own = waiting.get(namespace)!;
    own.delete(key);
    size -= 1;
    // The namespace goes to the end of the turns.
    waiting.delete(namespace);
    if (own.size > 0) waiting.set(namespace, own);
  };

  return {
    add(batch) {
      const key = eventKey(batch);
      const present = waiting.get(batch.namespace)?.get(key);
      const evicted = present === undefined && size >= most ? makeRoom(batch.namespace) : undefined;
      if (present === undefined && size >= most) return batch.count;
      const own = waiting.get(batch.namespace) ?? new Map<string, Batch>();
      own.set(key, present === undefined ? batch : merged(present, batch));
      waiting.set(batch.namespace, own);
      if (present === undefined) size += 1;
      return evicted?.count ?? 0;
    },
    next(now, all = false) {
      let until: number | undefined;
      for (const [namespace, own] of waiting) {
        for (const [key, batch] of own) {
          const at = all ? now : due(batch, now);
          if (at > now) {
            until = Math.min(until ?? at, at);
            continue;
          }
          remove(namespace, key);
          if (batch.isFinal) written.set(pace(batch), now);
          return { do: batch.isFinal ? 'write' : 'find', batch };
        }
      }
      return { do: 'wait', until };
    },
    clear() {
      const count = [...waiting.values()]
        .flatMap((own) => [...own.values()])
        .reduce((sum, batch) => sum + batch.count, 0);
      waiting.clear();
      size = 0;
      return count;
    },
  };
}

function merged(a: Batch, b: Batch): Batch {
  return {
    ...a,
    isFinal: a.isFinal || b.isFinal,
    count: a.count + b.count,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
    attempts: Math.max(a.attempts, b.attempts),
  };
}
