import type { FileWatch } from '../../files/watch.ts';
import { type FilesRead, watchFiles } from '../../files/watch-file.ts';
import type { Validated } from '../../result/result.ts';
import type { Logger } from '../../runtime/logger.ts';

/** What is loaded again while the webhook runs. */
export type Reloadable = 'certificate' | 'client_ca' | 'settings';

export type Loaded<T> = Validated<T>;

/** Files that belong together, and what is made of them. */
export interface Source<T> {
  readonly what: Reloadable;
  readonly files: readonly string[];
  readonly load: (read: FilesRead) => Loaded<T>;
}

export interface ReloadContext {
  /** Milliseconds between two looks at the files. */
  readonly poll: number;
  readonly metrics: {
    /** The first load: no reload yet. */
    loaded(what: Reloadable, atSeconds: number): void;
    reloaded(what: Reloadable, ok: boolean, atSeconds: number): void;
  };
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Gets what was thrown while a file was read again. */
  readonly failed: (error: unknown) => void;
}

/**
 * Loads files again whenever they change. What cannot be used is told and changes nothing: the version before stays.
 *
 * @param before what the files held when they were loaded first.
 */
export function reloadOnChange<T>(
  { what, files, load }: Source<T>,
  before: FilesRead,
  use: (value: T) => void,
  { poll, metrics, log, now, failed }: ReloadContext,
): FileWatch {
  const changed = (read: FilesRead) => {
    const loaded = load(read);
    if (loaded.ok) use(loaded.value);
    metrics.reloaded(what, loaded.ok, now() / 1000);
    if (loaded.ok) log.info('reloaded', { what, files });
    else log.error('not reloaded: the version before stays in use', { what, files, problems: loaded.problems });
  };
  return watchFiles(files, before, poll, changed, failed);
}
