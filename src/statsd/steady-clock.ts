import type { RuntimeContext } from '../runtime/runtime.ts';

/**
 * Time that no step of the machine's clock moves: what it was at the start, and what went by since. A series must not expire because
 * somebody set a clock forward, nor live on because it was set back.
 *
 * @returns gives milliseconds since the epoch, as far as the clock was right at the start.
 */
export function steadyClock({ now, monotonic }: Pick<RuntimeContext, 'now' | 'monotonic'>): () => number {
  const offset = now() - monotonic();
  return () => monotonic() + offset;
}
