import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Result } from '../result/result.ts';
import { fileProblem } from './file-problem.ts';
import { type FileWatch, type Look, watchLooks } from './watch-snapshots.ts';

/** What a set of files holds at one moment: all of them, or the first that could not be read. */
export type FilesRead = Result<readonly Buffer[]>;

/** Reads files that belong together. The problem names the file and says why. */
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
 * Tells when the contents of files change that belong together (a certificate and its key).
 *
 * @param before what the caller has read already; only what differs from it is told.
 * @param poll milliseconds between two looks where the file system tells nothing.
 * @param changed is called once for each different content, and once for each different problem.
 * @param failed gets what `changed` threw; later changes are told all the same.
 */
export function watchFiles(
  files: readonly string[],
  before: FilesRead,
  poll: number,
  changed: (now: FilesRead) => void,
  failed: (error: unknown) => void,
): FileWatch {
  const directories = files.map((file) => dirname(file));
  const seen = (value: FilesRead): Look<FilesRead> => ({ value, mark: fingerprint(value), directories });
  return watchLooks(async () => seen(await readFiles(files)), seen(before), poll, changed, failed);
}

function fingerprint(read: FilesRead): string {
  if (!read.ok) return read.problem;
  const hash = createHash('sha256');
  for (const content of read.value) hash.update(`${content.length} `).update(content);
  return hash.digest('base64');
}
