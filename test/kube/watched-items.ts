import type { Watched } from '../../src/kube/watch/watched.ts';

/** Resolves when `check` holds, asked now and after each change. */
export function until(watched: Watched<unknown>, check: () => boolean): Promise<void> {
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

export function has(watched: Watched<unknown>, key: string, value: unknown): Promise<void> {
  return until(watched, () => JSON.stringify(watched.items().get(key)) === JSON.stringify(value));
}

export function seen(watched: Watched<unknown>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(watched.items());
}
