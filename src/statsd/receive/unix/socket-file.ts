import { chmodSync, lstatSync, readdirSync, readFileSync, readlinkSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';

/** Whether the name of a Unix socket is in the abstract namespace of Linux, which has no files. */
export function isAbstract(path: string): boolean {
  return path.startsWith('@');
}

/**
 * Makes room for a Unix socket. A killed process leaves the file of its socket, and the kernel does not bind where a
 * file is: a file whose socket does not answer is removed.
 *
 * @returns the reason why there is no room: a process answers, or the file is not a socket; undefined: there is room.
 */
export async function takeOver(path: string, proc = '/proc'): Promise<string | undefined> {
  if (isAbstract(path)) return undefined;
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (!stats.isSocket()) return 'the file is no socket; it is left as it is';
  const code = await probe(path);
  if (code === 'ENOENT') return undefined;
  if (code === 'ECONNREFUSED') {
    unlinkSync(path);
    return undefined;
  }
  // A datagram socket in use answers a stream with EPROTOTYPE, a full queue of connections with EAGAIN.
  if (code === undefined || code === 'EPROTOTYPE' || code === 'EAGAIN') {
    return `in use by ${ownerOf(path, proc) ?? 'another process'}`;
  }
  return `a socket is there, and it is unknown whether it is in use: ${code}`;
}

/** Sets the permissions of the file of a bound socket. */
export function setMode(path: string, mode: number): void {
  if (!isAbstract(path)) chmodSync(path, mode);
}

/** Connects and closes. @returns the code of the error; undefined: a process answered. */
function probe(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

/** The process that has a Unix socket bound, if we may see it: `statsd_exporter (pid 12)`. */
function ownerOf(path: string, proc: string): string | undefined {
  try {
    const inodes = readFileSync(`${proc}/net/unix`, 'utf8')
      .split('\n')
      .map((line) => line.split(/\s+/))
      .flatMap((fields) => (fields.slice(7).join(' ') === path ? [`socket:[${fields[6]}]`] : []));
    const owner = readdirSync(proc).find((pid) => /^\d+$/.test(pid) && descriptors(proc, pid).some(isIn(inodes)));
    return owner && `${readFileSync(`${proc}/${owner}/comm`, 'utf8').trim()} (pid ${owner})`;
  } catch {
    return undefined;
  }
}

function isIn(values: readonly string[]): (value: string) => boolean {
  return (value) => values.includes(value);
}

/** The targets of the descriptors of a process; empty where we may not read them. */
function descriptors(proc: string, pid: string): readonly string[] {
  try {
    return readdirSync(`${proc}/${pid}/fd`).flatMap((descriptor) => {
      try {
        return [readlinkSync(`${proc}/${pid}/fd/${descriptor}`)];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}
