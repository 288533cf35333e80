import { type FilesRead, watchFiles } from '../../files/watch-file.ts';
import type { FileWatch } from '../../files/watch-snapshots.ts';
import type { Validated } from '../../result/result.ts';
import type { Logger } from '../../runtime/logger.ts';

/** The label of what a file holds. */
export type Reloadable = 'certificate' | 'client_ca' | 'settings';

export type Loaded<T> = Validated<T>;

/** Files that belong together, and the function that makes a value of them. */
export interface Source<T> {
  readonly what: Reloadable;
  readonly files: readonly string[];
  readonly load: (read: FilesRead) => Loaded<T>;
}

export interface ReloadContext {
  /** Milliseconds between two looks at the files. */
  readonly poll: number;
  readonly metrics: {
    /** The first load, which is no reload. */
    loaded(what: Reloadable, atSeconds: number): void;
    reloaded(what: Reloadable, ok: boolean, atSeconds: number): void;
  };
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Gets the exceptions of a reload. */
  readonly failed: (error: unknown) => void;
}

/**
 * Loads files again whenever they change. Contents that cannot be used are logged; the version before stays in use.
 *
 * @param before the contents of the files at the first load.
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
