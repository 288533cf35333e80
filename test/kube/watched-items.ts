import type { ResourceWatch } from '../../src/kube/watch/resource-watch.ts';

/** Resolves when `check` holds, asked now and after each change. */
export function until(watched: ResourceWatch<unknown>, check: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const end = watched.onChange(() => ask());
    const ask = () => {
      if (!check()) return;
      end();
      resolve();
    };
    ask();
  });
}

export function has(watched: ResourceWatch<unknown>, key: string, value: unknown): Promise<void> {
  return until(watched, () => JSON.stringify(watched.items().get(key)) === JSON.stringify(value));
}

export function seen(watched: ResourceWatch<unknown>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(watched.items());
}
