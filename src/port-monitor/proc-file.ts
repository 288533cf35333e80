import { closeSync, openSync, readSync } from 'node:fs';
import type { Result } from '../result/result.ts';

/** Why a file could not be read. */
export type ReadProblem = 'missing' | 'denied' | 'unreadable' | 'too_large';

/** The content is valid until the next read: the buffer is reused. */
export type ProcFile = Result<Buffer, ReadProblem>;

/** Reads a whole file of /proc. */
export type ReadProcFile = (path: string) => ProcFile;

const initialBytes = 8 * 1024;
/** A list of reserved ports with gaps everywhere takes some 190 kB; all other files are far smaller. */
const mostBytes = 256 * 1024;

/**
 * Makes a reader with one buffer. It reads synchronously: the kernel makes these files in memory within microseconds,
 * while `fs.promises` sends every 4 KiB through the thread pool.
 */
export function createProcReader(): ReadProcFile {
  let buffer: Buffer | undefined;
  return (path) => {
    let descriptor: number;
    try {
      descriptor = openSync(path, 'r');
    } catch (error) {
      return { ok: false, problem: problemOf(error) };
    }
    try {
      buffer ??= Buffer.allocUnsafeSlow(initialBytes);
      let length = 0;
      for (;;) {
        if (length === buffer.length) {
          if (length >= mostBytes) return { ok: false, problem: 'too_large' };
          const larger = Buffer.allocUnsafeSlow(length * 2);
          buffer.copy(larger);
          buffer = larger;
        }
        // The kernel gives a seq_file page by page, whatever size is asked for; only 0 is the end.
        const read = readSync(descriptor, buffer, length, buffer.length - length, null);
        if (read === 0) return { ok: true, value: buffer.subarray(0, length) };
        length += read;
      }
    } catch (error) {
      return { ok: false, problem: problemOf(error) };
    } finally {
      closeSync(descriptor);
    }
  };
}

function problemOf(error: unknown): ReadProblem {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
  return code === 'EACCES' || code === 'EPERM' ? 'denied' : 'unreadable';
}
