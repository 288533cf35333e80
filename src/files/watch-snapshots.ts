import { type FSWatcher, watch } from 'node:fs';

/** What is there at one moment. */
export interface Look<T> {
  readonly value: T;
  /** Two looks with the same mark saw the same. */
  readonly mark: string;
  /** Where a change would be noticed. */
  readonly directories: readonly string[];
}

export interface FileWatch {
  stop(): void;
}

export interface LookWatch<T> extends FileWatch {
  /** Looks now, after the looks under way. What is seen is given back instead of told. */
  look(): Promise<T>;
}

/** Files that belong together, and the link that a kubelet swaps, change within this time of each other. */
const settleMilliseconds = 100;
/** Where something changes all the time there is no quiet to wait for. */
const mostSettleMilliseconds = 1000;

/**
 * Tells when what `look` sees changes. Directories are watched, not files: a kubelet changes a mounted ConfigMap or
 * Secret by renaming a link beside its files, and an editor by renaming a new file over the old one; the watch of a
 * file would stay with the old one. Where the file system tells nothing (network mounts, a directory that appears
 * later) there is a look every `poll` milliseconds.
 *
 * @param look what it rejects with goes to `failed`, and it is asked again at the next poll.
 * @param before what the caller has seen already; only what differs from it is told.
 * @param changed is called once for each different mark.
 * @param failed gets what `look` or `changed` threw: a watch outlives a bug in what it tells.
 */
export function watchLooks<T>(
  look: () => Promise<Look<T>>,
  before: Look<T>,
  poll: number,
  changed: (now: T) => void,
  failed: (error: unknown) => void,
): LookWatch<T> {
  const watchers = new Map<string, FSWatcher>();
  let { mark: told, directories } = before;
  let stopped = false;
  let settling: NodeJS.Timeout | undefined;
  let noticedFirst = 0;
  let looking: Promise<unknown> = Promise.resolve();

  const lookAgain = async () => {
    const now = await look();
    const differs = now.mark !== told;
    if (!stopped) {
      ({ mark: told, directories } = now);
      attend();
    }
    return { value: now.value, differs };
  };
  // Looks follow each other: two at a time could tell an older content after a newer one.
  const next = () => {
    const seen = looking.then(lookAgain);
    // A look that rejected must not keep the ones behind it from looking.
    looking = seen.catch(() => {});
    return seen;
  };
  const queue = async () => {
    settling = undefined;
    try {
      const { value, differs } = await next();
      if (differs && !stopped) changed(value);
    } catch (error) {
      failed(error);
    }
  };
  const noticed = () => {
    if (stopped) return;
    const now = performance.now();
    if (settling === undefined) noticedFirst = now;
    else if (now - noticedFirst > mostSettleMilliseconds) return;
    clearTimeout(settling);
    settling = setTimeout(() => void queue(), settleMilliseconds);
  };
  const attend = () => {
    for (const directory of new Set(directories)) {
      if (watchers.has(directory)) continue;
      try {
        const watcher = watch(directory, { persistent: false }, noticed);
        const lost = () => {
          watcher.close();
          watchers.delete(directory);
        };
        watcher.on('error', lost);
        watchers.set(directory, watcher);
      } catch {
        // Not there, or no watches left (fs.inotify.max_user_watches): the next poll tries again.
      }
    }
  };

  attend();
  const timer = setInterval(() => {
    attend();
    void queue();
  }, poll);
  timer.unref();
  // What changed between the caller's look and the watch would otherwise wait for the first poll.
  noticed();

  return {
    look: async () => (await next()).value,
    stop() {
      stopped = true;
      clearTimeout(settling);
      clearInterval(timer);
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}
