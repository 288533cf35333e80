import { createLruCache } from '../memory/lru-cache.ts';
import type { Note } from './event-note.ts';
import type { Target } from './event-object.ts';

/** Tellings that make one write. */
export interface Batch {
  readonly namespace: string;
  readonly target: Target;
  /** Whether the target is the one that people know, or still the pod's direct owner. */
  readonly found: boolean;
  readonly note: Note;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly first: number;
  readonly last: number;
  /** Requests for it that the API server did not answer. */
  readonly attempts: number;
}

export interface QueueLimits {
  /** Milliseconds from the first telling to its write: what comes meanwhile goes into the same. */
  readonly delay: number;
  /** Milliseconds between two writes for the same object and reason. */
  readonly window: number;
  /** The most batches that wait. */
  readonly most: number;
}

export type Step =
  | { readonly do: 'find' | 'write'; readonly batch: Batch }
  /** Nothing is due before; `until` undefined: nothing waits. */
  | { readonly do: 'wait'; readonly until: number | undefined };

/** What is still to be written. No clock and no I/O of its own. */
export interface EventQueue {
  /**
   * Gives back how many tellings were dropped for it: none, its own, or those of a batch of the namespace with the
   * most, so that a flood in one namespace takes no room from the others.
   */
  add(batch: Batch): number;
  /**
   * The batches that are due at `now`: the namespaces take turns, and each gives its oldest batch first. The queue
   * takes out a batch that is to be written or whose owner is to be found; the batch comes back by `add`, if it does.
   * `all`: whatever waits is due.
   */
  next(now: number, all?: boolean): Step;
  /** Empties the queue; gives back how many tellings were in it. */
  clear(): number;
}

/** Of an Event: all tellings of one key are one Event (for each instance). */
export function eventKey({ namespace, target, note }: Pick<Batch, 'namespace' | 'target' | 'note'>): string {
  return `${objectKey(namespace, target)}\n${note.reason}\n${note.message}`;
}

function objectKey(namespace: string, { apiVersion, kind, name, uid }: Target): string {
  // All of it: an owner reference is what the pod's author wrote, and its uid may be that of somebody else's object.
  return `${namespace}\n${apiVersion}\n${kind}\n${name}\n${uid ?? ''}`;
}

export function createEventQueue({ delay, window, most }: QueueLimits): EventQueue {
  // By namespace, in the order of their turns.
  const waiting = new Map<string, Map<string, Batch>>();
  let size = 0;
  const written = createLruCache<number>(most);
  const pace = ({ namespace, target, note }: Batch) => `${objectKey(namespace, target)}\n${note.reason}`;

  const due = (batch: Batch, now: number): number => {
    const before = batch.found ? written.get(pace(batch)) : undefined;
    // What lies ahead of the clock was written before it was set back.
    const paced = before === undefined || before > now ? 0 : before + window;
    return Math.max(batch.first > now ? 0 : batch.first + delay, paced);
  };

  /** Takes the newest batch out of the namespace that has the most, unless the one that asks has as many. */
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
    // Its turn is over.
    waiting.delete(namespace);
    if (own.size > 0) waiting.set(namespace, own);
  };

  return {
    add(batch) {
      const key = eventKey(batch);
      const there = waiting.get(batch.namespace)?.get(key);
      const evicted = there === undefined && size >= most ? makeRoom(batch.namespace) : undefined;
      if (there === undefined && size >= most) return batch.count;
      const own = waiting.get(batch.namespace) ?? new Map<string, Batch>();
      own.set(key, there === undefined ? batch : together(there, batch));
      waiting.set(batch.namespace, own);
      if (there === undefined) size += 1;
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
          if (batch.found) written.set(pace(batch), now);
          return { do: batch.found ? 'write' : 'find', batch };
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

function together(a: Batch, b: Batch): Batch {
  return {
    ...a,
    found: a.found || b.found,
    count: a.count + b.count,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
    attempts: Math.max(a.attempts, b.attempts),
  };
}
