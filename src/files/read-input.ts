import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { Result } from '../result/result.ts';
import { fileProblem } from './file-problem.ts';

/** The bound of an input of the offline commands: no manifest, mapping or settings file is larger. */
const mostInputBytes = 64 * 2 ** 20;
const chunkBytes = 64 * 1024;
/** Milliseconds to wait for the writer of a pipe: the other program may start a little later. */
const writerPatienceMs = 2000;
const pollIntervalMs = 20;

/**
 * Reads a regular file or a pipe (`<(…)` of a shell is one) whole, up to a bound. It is opened without waiting: to
 * open a pipe without a writer would block for ever.
 */
export async function readInputFile(file: string, most = mostInputBytes): Promise<Result<Buffer>> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = await handle.stat();
    if (stats.isDirectory()) return { ok: false, problem: 'is a directory' };
    if (!stats.isFile() && !stats.isFIFO())
      return { ok: false, problem: 'is not a regular file (standard input is -)' };
    if (stats.isFile() && stats.size > most) return tooLarge(most);
    return await readAll(handle, stats.isFIFO(), most);
  } catch (error) {
    return { ok: false, problem: fileProblem(error as NodeJS.ErrnoException) };
  } finally {
    await handle?.close();
  }
}

/** Reads a stream to its end, up to a bound. */
export async function readInputStream(stream: Readable, most = mostInputBytes): Promise<Result<Buffer>> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk as Buffer | string);
      size += bytes.length;
      if (size > most) return tooLarge(most);
      chunks.push(bytes);
    }
  } catch (error) {
    return { ok: false, problem: fileProblem(error as NodeJS.ErrnoException) };
  }
  return { ok: true, value: Buffer.concat(chunks) };
}

async function readAll(handle: FileHandle, isPipe: boolean, most: number): Promise<Result<Buffer>> {
  const chunks: Buffer[] = [];
  let size = 0;
  let waited = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const read = await readSome(handle, chunk);
    // A writer has the pipe open and has not written yet: its output may take any time.
    if (read === undefined) await setTimeout(pollIntervalMs);
    else if (read > 0) {
      size += read;
      if (size > most) return tooLarge(most);
      chunks.push(chunk.subarray(0, read));
    } else if (!isPipe || size > 0) return { ok: true, value: Buffer.concat(chunks) };
    else if (waited >= writerPatienceMs)
      return { ok: false, problem: 'is a pipe that nothing came out of: no program writes to it' };
    else {
      await setTimeout(pollIntervalMs);
      waited += pollIntervalMs;
    }
  }
}

/** The bytes that were read, 0 at the end; undefined where there are none yet. */
async function readSome(handle: FileHandle, into: Buffer): Promise<number | undefined> {
  try {
    return (await handle.read(into, 0, into.length, null)).bytesRead;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}

function tooLarge(most: number): Result<Buffer> {
  return { ok: false, problem: `is larger than ${most / 2 ** 20} MiB` };
}
