import { constants } from 'node:fs';
import { chmod, chown, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Completion } from '../result/result.ts';
import { type Destination, destinationOf } from './destination.ts';
import { fileProblem } from './file-problem.ts';

export interface WriteOptions {
  /** Part of the name of the temporary file, unique among its writers: a process's id. */
  readonly mark: string | number;
  /** The mode that the file gets, whatever the umask. Without it a file keeps its mode. */
  readonly mode?: number;
}

/**
 * Replaces the content of a file, or makes the file. A reader sees all of the old content or all of the new, also after
 * a crash: the content is written to a temporary file beside it, synced, and renamed over it. The file keeps its owner
 * where that is allowed. For a symbolic link its target is replaced. A device, a pipe or an open descriptor is refused,
 * because a rename would remove it.
 */
export function writeFileAtomically(file: string, content: string, options: WriteOptions): Promise<Completion> {
  return attempt(file, async (destination) => {
    if (destination.kind === 'stream') throw Object.assign(new Error(), { code: 'NOT_REGULAR' });
    await replace(destination.path, content, options);
  });
}

/** Writes output to a file as above, or into a device, a pipe or an open descriptor such as `/dev/stdout`. */
export function writeOutput(file: string, content: string, options: WriteOptions): Promise<Completion> {
  return attempt(file, ({ kind, path }) =>
    kind === 'stream' ? writeInto(path, content) : replace(path, content, options),
  );
}

async function attempt(file: string, write: (destination: Destination) => Promise<void>): Promise<Completion> {
  try {
    await write(await destinationOf(file));
    return { ok: true };
  } catch (error) {
    return { ok: false, problem: `${file}: ${writeProblem(error as NodeJS.ErrnoException)}` };
  }
}

/** Appends to a stream: its descriptor may be of a file with content, to which other processes write too. */
async function writeInto(path: string, content: string): Promise<void> {
  const handle = await open(path, constants.O_WRONLY | constants.O_APPEND);
  try {
    await handle.writeFile(content);
  } finally {
    await handle.close();
  }
}

async function replace(target: string, content: string, { mark, mode }: WriteOptions): Promise<void> {
  const beside = join(dirname(target), `.${basename(target)}.${mark}.tmp`);
  try {
    await writeBeside(beside, target, content, mode);
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncDirectory(dirname(target));
}

async function writeBeside(beside: string, target: string, content: string, mode: number | undefined): Promise<void> {
  const before = await stat(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  // An interrupted run may have left the file, or somebody put a link there: it is never written through.
  await rm(beside, { force: true });
  const handle = await open(beside, 'wx', mode ?? (before === undefined ? 0o666 : before.mode & 0o777));
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  // Only root may give files away; the mode comes after, for a change of owner clears the set-user bits.
  if (before !== undefined) await chown(beside, before.uid, before.gid).catch(() => undefined);
  const finalMode = mode ?? (before === undefined ? undefined : before.mode & 0o7777);
  if (finalMode !== undefined) await chmod(beside, finalMode);
}

/** Without this the rename itself may be lost in a crash. Not every file system can sync a directory. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

function writeProblem(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return 'no permission to write it';
    case 'EROFS':
      return 'the file system is read-only';
    case 'ENOSPC':
      return 'no space is left';
    case 'ENOENT':
      return 'there is no such directory';
    case 'ELOOP':
      return 'too many links';
    case 'ENXIO':
      return 'is a socket, or a pipe without a reader';
    case 'NOT_REGULAR':
      return 'is no regular file, so it cannot be replaced';
    default:
      return fileProblem(error);
  }
}
