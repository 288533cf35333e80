import type { RuntimeContext } from '../runtime/runtime.ts';

/**
 * A clock without steps: the time of the start, and the time passed since. A series must not expire because the clock
 * of the machine was set forward, nor live on because it was set back.
 *
 * @returns a function that gives milliseconds since the epoch, as exact as the clock was at the start.
 */
export function steadyClock({ now, monotonic }: Pick<RuntimeContext, 'now' | 'monotonic'>): () => number {
  const offset = now() - monotonic();
  return () => monotonic() + offset;
}
