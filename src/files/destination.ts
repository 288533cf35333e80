import { lstat, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * The destination of output for a path: a file that may be replaced as a whole, or a device, pipe or open descriptor.
 */
export interface Destination {
  readonly kind: 'file' | 'stream';
  readonly path: string;
}

/** The number of links that the kernel follows. */
const mostLinks = 40;

/**
 * Follows links by hand. `realpath` would lead through `/dev/stdout` to the file behind the descriptor, and replacing
 * that file takes it away from the process that has it open.
 *
 * @throws the error of the file system; a link that leads nowhere is an error, and no file replaces it
 */
export async function destinationOf(file: string): Promise<Destination> {
  let path = resolve(file);
  for (let links = 0; links <= mostLinks; links++) {
    path = join(await realpath(dirname(path)), basename(path));
    if (isDescriptor(path)) return { kind: 'stream', path };
    const entry = await lstat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' && links === 0) return undefined;
      throw error;
    });
    if (entry === undefined) return { kind: 'file', path };
    if (entry.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    if (!entry.isSymbolicLink()) return { kind: entry.isFile() ? 'file' : 'stream', path };
    path = resolve(dirname(path), await readlink(path));
  }
  throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
}

/** A descriptor of a process: `/dev/stdout` and `/dev/fd/3` are links to these. */
function isDescriptor(path: string): boolean {
  return /^\/proc\/\d{1,10}\/(?:task\/\d{1,10}\/)?fd\/\d{1,10}$/.test(path);
}
