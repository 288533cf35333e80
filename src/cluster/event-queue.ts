import type { Note } from './event-note.ts';
import type { Target } from './event-object.ts';
import { createRecent } from './recent.ts';

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
  /** False: there was no room. */
  add(batch: Batch): boolean;
  /**
   * What is due at `now`: the oldest first. A batch to be written or whose owner is to be found is taken out, and comes
   * back by `add`, if it does. `all`: whatever waits is due.
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
  const waiting = new Map<string, Batch>();
  const written = createRecent<number>(most);
  const pace = ({ namespace, target, note }: Batch) => `${objectKey(namespace, target)}\n${note.reason}`;

  const due = (batch: Batch, now: number): number => {
    const before = batch.found ? written.get(pace(batch)) : undefined;
    // What lies ahead of the clock was written before it was set back.
    const paced = before === undefined || before > now ? 0 : before + window;
    return Math.max(batch.first > now ? 0 : batch.first + delay, paced);
  };

  return {
    add(batch) {
      const key = eventKey(batch);
      const there = waiting.get(key);
      if (there === undefined && waiting.size >= most) return false;
      waiting.set(key, there === undefined ? batch : together(there, batch));
      return true;
    },
    next(now, all = false) {
      let until: number | undefined;
      for (const [key, batch] of waiting) {
        const at = all ? now : due(batch, now);
        if (at > now) {
          until = Math.min(until ?? at, at);
          continue;
        }
        waiting.delete(key);
        if (batch.found) written.set(pace(batch), now);
        return { do: batch.found ? 'write' : 'find', batch };
      }
      return { do: 'wait', until };
    },
    clear() {
      const count = [...waiting.values()].reduce((sum, batch) => sum + batch.count, 0);
      waiting.clear();
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
