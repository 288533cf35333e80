import { readdirSync, readFile, readFileSync, readlinkSync } from 'node:fs';

/** A UDP socket in the list of the kernel. */
export interface UdpSocket {
  readonly inode: string;
  readonly port: number;
  /** Datagrams that the kernel dropped because the receive buffer was full. */
  readonly drops: number;
}

/** Reads the text of `/proc/net/udp` or `udp6` (Linux, `udp_seq_show`): local address 2nd, inode 10th, drops last. */
export function parseUdpSockets(text: string): readonly UdpSocket[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length >= 13)
    .map((fields) => ({
      inode: fields[9]!,
      port: Number.parseInt(fields[1]!.slice(fields[1]!.lastIndexOf(':') + 1), 16),
      drops: Number(fields[12]),
    }));
}

/** A socket of this process: its descriptor, and its entry in the list of the kernel. */
export interface OwnSocket {
  readonly descriptor: number;
  readonly inode: string;
  readonly table: string;
}

/**
 * Finds the descriptor of a bound UDP socket of this process, which Node does not show: the kernel lists the inodes of
 * the sockets on `port`, and `/proc/self/fd` the inodes of our descriptors.
 *
 * @param likely the descriptor, where Node shows it; it is checked in the same way.
 * @returns undefined where `/proc` is missing, or where more than one of our sockets has the port and none is likely.
 */
export function findOwnSocket(
  family: 'udp4' | 'udp6',
  port: number,
  likely?: number | undefined,
  proc = '/proc',
): OwnSocket | undefined {
  const table = `${proc}/net/${family === 'udp6' ? 'udp6' : 'udp'}`;
  try {
    const sockets = parseUdpSockets(readFileSync(table, 'utf8'));
    const inodes = new Set(sockets.filter((socket) => socket.port === port).map(({ inode }) => inode));
    const names = likely === undefined ? readdirSync(`${proc}/self/fd`) : [`${likely}`];
    const matches = names.flatMap((name) => {
      const inode = /^socket:\[(\d+)\]$/.exec(link(`${proc}/self/fd/${name}`))?.[1];
      return inode !== undefined && inodes.has(inode) ? [{ descriptor: Number(name), inode, table }] : [];
    });
    return matches.length === 1 ? matches[0] : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The number of datagrams that the kernel has dropped of each socket; undefined where the kernel does not list the
 * socket.
 */
export async function kernelDrops(sockets: readonly OwnSocket[]): Promise<readonly (number | undefined)[]> {
  const tables = await Promise.all([...new Set(sockets.map(({ table }) => table))].map(readTable));
  const drops = new Map(tables.flatMap((table) => table.map((socket) => [socket.inode, socket.drops])));
  return sockets.map(({ inode }) => drops.get(inode));
}

async function readTable(path: string): Promise<readonly UdpSocket[]> {
  // Not node:fs/promises: an idle sidecar saves the memory of that module.
  const text = await new Promise<string>((resolve) => {
    readFile(path, 'utf8', (error, content) => resolve(error ? '' : content));
  });
  return parseUdpSockets(text);
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // The descriptor of the listing itself is closed by now.
    return '';
  }
}
