import { type FSWatcher, watch } from 'node:fs';

/** The watched state at one moment. */
export interface Snapshot<T> {
  readonly value: T;
  /** Snapshots with the same mark are equal. */
  readonly mark: string;
  /** The directories to watch for changes. */
  readonly directories: readonly string[];
}

export interface FileWatch {
  stop(): void;
}

export interface SnapshotWatch<T> extends FileWatch {
  /** Looks now, after the looks under way. The value is returned and not reported. */
  look(): Promise<T>;
}

/** Files that belong together, and the link that a kubelet swaps, change within this time. */
const settleMs = 100;
/** The longest wait for quiet in a directory that changes all the time. */
const mostSettleMs = 1000;

/**
 * Reports changes between snapshots. Directories are watched, not files: a kubelet changes a mounted ConfigMap or
 * Secret by renaming a link beside its files, and an editor by renaming a new file over the old one; the watch of a
 * file would stay with the old one. Where the file system reports nothing (network mounts, a directory that appears
 * later) a look every `poll` milliseconds finds the change.
 *
 * @param look takes a snapshot; its errors go to `failed`, and the next poll calls it again
 * @param before the snapshot that the caller has already; only differences from it are reported
 * @param changed is called once for each different mark
 * @param failed gets the errors of `look` and `changed`; the watch goes on after them
 */
export function watchSnapshots<T>(
  look: () => Promise<Snapshot<T>>,
  before: Snapshot<T>,
  poll: number,
  changed: (now: T) => void,
  failed: (error: unknown) => void,
): SnapshotWatch<T> {
  const watchers = new Map<string, FSWatcher>();
  let { mark: reportedMark, directories } = before;
  let stopped = false;
  let settling: NodeJS.Timeout | undefined;
  let noticedFirst = 0;
  let lastLook: Promise<unknown> = Promise.resolve();

  const lookAgain = async () => {
    const now = await look();
    const differs = now.mark !== reportedMark;
    if (!stopped) {
      ({ mark: reportedMark, directories } = now);
      attend();
    }
    return { value: now.value, differs };
  };
  // One look at a time: of two the older content could be reported last.
  const next = () => {
    const current = lastLook.then(lookAgain);
    // A rejected look must not stop the looks behind it.
    lastLook = current.catch(() => {});
    return current;
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
    else if (now - noticedFirst > mostSettleMs) return;
    clearTimeout(settling);
    settling = setTimeout(() => void queue(), settleMs);
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
        // The directory does not exist, or no watches are left (fs.inotify.max_user_watches): the next poll tries
        // again.
      }
    }
  };

  attend();
  const timer = setInterval(() => {
    attend();
    void queue();
  }, poll);
  timer.unref();
  // A change between the caller's look and the watch would otherwise be found by the first poll.
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
