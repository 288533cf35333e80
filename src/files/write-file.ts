import { chmod, chown, lstat, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileProblem } from './problem.ts';

export type FileWritten = { readonly ok: true } | { readonly ok: false; readonly problem: string };

/**
 * Replaces what a file holds, or makes the file. Whoever reads it sees all of the old content or all of the new, also after
 * a crash: the content is written beside the file, synced, and renamed over it. The file keeps its mode and, where that is
 * allowed, its owner; of a symbolic link the file it leads to is replaced.
 *
 * @param mark makes the name of the file beside it one that nobody else uses: a process's id
 */
export async function writeFileAtomically(file: string, content: string, mark: string | number): Promise<FileWritten> {
  try {
    const target = await destination(file);
    const beside = join(dirname(target), `.${basename(target)}.${mark}.tmp`);
    try {
      await writeBeside(beside, target, content);
      await rename(beside, target);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
    await syncDirectory(dirname(target));
    return { ok: true };
  } catch (error) {
    return { ok: false, problem: `${file}: ${writeProblem(error as NodeJS.ErrnoException)}` };
  }
}

/** What a link leads to; a link that leads nowhere is an error, and not replaced by a file. */
async function destination(file: string): Promise<string> {
  const entry = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return entry === undefined ? file : await realpath(file);
}

async function writeBeside(beside: string, target: string, content: string): Promise<void> {
  const before = await stat(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (before?.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
  // What an interrupted run left, or somebody put there, is never written through.
  await rm(beside, { force: true });
  const handle = await open(beside, 'wx', before === undefined ? 0o666 : before.mode & 0o777);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (before === undefined) return;
  // Only root may give files away; the mode comes after, for a change of owner clears the set-user bits.
  await chown(beside, before.uid, before.gid).catch(() => undefined);
  await chmod(beside, before.mode & 0o7777);
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
    default:
      return fileProblem(error);
  }
}
