import type { Logger } from '../runtime/logger.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** Collectors that failed or were late, by kind. */
export interface CollectStats {
  readonly failed: Map<string, number>;
  readonly late: Map<string, number>;
}

/** Brings the gauges of all runtimes up to date before a page is rendered. */
export interface Collector {
  /** Resolves when all are done or `deadline` (ms since the epoch) has come; never rejects. */
  collect(deadline: number): Promise<void>;
  readonly stats: CollectStats;
}

function count(counts: Map<string, number>, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}

/**
 * Scrapes of the same moment share one run of each collector. A collector that is still running when the next scrape
 * comes is waited for again, not started a second time.
 */
export function createCollector(runtimes: () => readonly Runtime[], log: Logger, now: () => number): Collector {
  const running = new Map<Runtime, Promise<void>>();
  const stats: CollectStats = { failed: new Map(), late: new Map() };

  function failed(runtime: Runtime, error: unknown): void {
    count(stats.failed, runtime.kind);
    log.error('collect failed', { kind: runtime.kind, error: String(error) });
  }

  function run(runtime: Runtime, deadline: number): Promise<void> | undefined {
    const current = running.get(runtime);
    if (current !== undefined) return current;
    try {
      const result = runtime.collect?.(deadline);
      if (result === undefined) return undefined;
      const settled = result.catch((error: unknown) => failed(runtime, error)).finally(() => running.delete(runtime));
      running.set(runtime, settled);
      return settled;
    } catch (error) {
      failed(runtime, error);
      return undefined;
    }
  }

  return {
    stats,
    async collect(deadline) {
      const pending = runtimes()
        .map((runtime) => ({ runtime, done: run(runtime, deadline) }))
        .filter(({ done }) => done !== undefined);
      if (pending.length === 0) return;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, Math.max(0, deadline - now()));
      });
      await Promise.race([Promise.all(pending.map(({ done }) => done)), late]);
      clearTimeout(timer);
      for (const { runtime, done } of pending) {
        if (running.get(runtime) !== done) continue;
        count(stats.late, runtime.kind);
        log.warn('collect is late', { kind: runtime.kind });
      }
    },
  };
}
