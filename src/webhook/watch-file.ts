import { createHash } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What a set of files holds at one moment: all of them, or the first that could not be read. */
export type FilesRead =
  | { readonly ok: true; readonly contents: readonly Buffer[] }
  | { readonly ok: false; readonly problem: string };

export interface FileWatch {
  stop(): void;
}

/** The two files of a pair, and the link that a kubelet swaps, change within this time of each other. */
const settleMilliseconds = 100;

/** Reads files that belong together. The problem names the file and says why. */
export async function readFiles(files: readonly string[]): Promise<FilesRead> {
  const contents: Buffer[] = [];
  for (const file of files) {
    try {
      contents.push(await readFile(file));
    } catch (error) {
      return { ok: false, problem: `${file}: ${explain(error as NodeJS.ErrnoException)}` };
    }
  }
  return { ok: true, contents };
}

/**
 * Tells when the contents of files change that belong together (a certificate and its key). The directories are watched,
 * not the files: a kubelet changes a mounted ConfigMap or Secret by renaming a link beside them, and an editor by
 * renaming a new file over the old one; the watch of a file would stay with the old one. Where the file system tells
 * nothing (network mounts, a directory that appears later) they are looked at every `poll` milliseconds.
 *
 * @param before what the caller has read already; only what differs from it is told.
 * @param changed is called once for each different content, and once for each different problem.
 */
export function watchFiles(
  files: readonly string[],
  before: FilesRead,
  poll: number,
  changed: (now: FilesRead) => void,
): FileWatch {
  const watchers = new Map<string, FSWatcher>();
  let told = fingerprint(before);
  let stopped = false;
  let settling: NodeJS.Timeout | undefined;
  let reading: Promise<void> | undefined;

  const look = async () => {
    const now = await readFiles(files);
    const mark = fingerprint(now);
    if (stopped || mark === told) return;
    told = mark;
    changed(now);
  };
  // Looks follow each other: two at a time could tell an older content after a newer one.
  const queue = () => {
    settling = undefined;
    reading = (reading ?? Promise.resolve()).then(look);
  };
  const noticed = () => {
    if (stopped) return;
    clearTimeout(settling);
    settling = setTimeout(queue, settleMilliseconds);
  };
  const attend = () => {
    for (const directory of new Set(files.map((file) => dirname(file)))) {
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
    queue();
  }, poll);
  timer.unref();
  // What changed between the caller's reading and the watch would otherwise wait for the first poll.
  noticed();

  return {
    stop() {
      stopped = true;
      clearTimeout(settling);
      clearInterval(timer);
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}

function fingerprint(read: FilesRead): string {
  if (!read.ok) return read.problem;
  const hash = createHash('sha256');
  for (const content of read.contents) hash.update(`${content.length} `).update(content);
  return hash.digest('base64');
}

function explain(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'no permission to read it';
    case 'EISDIR':
      return 'is a directory';
    default:
      return `cannot be read (${error.code ?? error.message})`;
  }
}
