import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Result } from '../result/result.ts';
import { fileProblem } from './file-problem.ts';
import { type FileWatch, type Snapshot, watchSnapshots } from './watch-snapshots.ts';

/** The contents of a set of files at one moment, or the problem of the first that cannot be read. */
export type FilesRead = Result<readonly Buffer[]>;

/** Reads files that belong together. The problem names its file. */
export async function readFiles(files: readonly string[]): Promise<FilesRead> {
  const contents: Buffer[] = [];
  for (const file of files) {
    try {
      contents.push(await readFile(file));
    } catch (error) {
      return { ok: false, problem: `${file}: ${fileProblem(error as NodeJS.ErrnoException)}` };
    }
  }
  return { ok: true, value: contents };
}

/**
 * Reports changes of files that belong together (a certificate and its key).
 *
 * @param before the contents that the caller has already; only differences from them are reported
 * @param poll milliseconds between two looks where the file system reports nothing
 * @param changed is called once for each different content, and once for each different problem
 * @param failed gets the errors of `changed`; the watch goes on after them
 */
export function watchFiles(
  files: readonly string[],
  before: FilesRead,
  poll: number,
  changed: (now: FilesRead) => void,
  failed: (error: unknown) => void,
): FileWatch {
  const directories = files.map((file) => dirname(file));
  const snapshotOf = (value: FilesRead): Snapshot<FilesRead> => ({ value, mark: fingerprint(value), directories });
  return watchSnapshots(async () => snapshotOf(await readFiles(files)), snapshotOf(before), poll, changed, failed);
}

function fingerprint(read: FilesRead): string {
  if (!read.ok) return read.problem;
  const hash = createHash('sha256');
  for (const content of read.value) hash.update(`${content.length} `).update(content);
  return hash.digest('base64');
}
