import { lstatSync, unlinkSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';
import type { default as UnixDgram } from 'unix-dgram';
import { eventLoopRound } from '../../../timing/event-loop-round.ts';
import { createReader, type ReaderOptions } from '../udp/udp-reader.ts';
import { setMode, takeOver } from './socket-file.ts';

/** Rounds of the event loop in which a draining socket may still deliver. */
const MOST_ROUNDS = 10_000;

export interface UnixgramOptions extends Pick<ReaderOptions, 'inbox' | 'wake' | 'failed' | 'clock'> {
  readonly path: string;
  /** Permissions of the file. */
  readonly mode: number;
  /** Loads the package that has the sockets. */
  readonly load: () => Promise<{ readonly default: typeof UnixDgram }>;
}

export interface UnixgramListener {
  /** Takes in what waits in the socket. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Listens on a Unix datagram socket, which Node itself does not have (nodejs/node#29339): the package unix-dgram does, the one that
 * DogStatsD's Node client hot-shots sends with. It gives one datagram a turn of the event loop; those behind it are read from its
 * descriptor, as over UDP. A file that a dead process left is taken over; closing removes ours.
 *
 * Rejects where the package is missing, where it cannot bind, and where somebody else listens.
 */
export async function listenUnixgram(options: UnixgramOptions): Promise<UnixgramListener> {
  const { path } = options;
  const { createSocket } = await load(options);
  const taken = await takeOver(path);
  if (taken !== undefined) throw new Error(taken);
  let message = (_datagram: Buffer) => {};
  const socket = createSocket('unix_dgram', (datagram) => message(datagram));
  let problem: Error | undefined;
  socket.on('error', (error: NodeJS.ErrnoException) => {
    problem = new Error(`bind ${getSystemErrorName(Number(error.code))} ${path}`);
  });
  socket.bind(path);
  if (problem !== undefined) {
    socket.close();
    throw problem;
  }
  setMode(path, options.mode);
  const { ino } = lstatSync(path);
  const reader = createReader({ ...options, descriptor: socket.fd, receiving: undefined, capacity: 0 });
  message = reader.message;
  let open = true;
  return {
    async drain() {
      for (let rounds = 0, before = -1; open && rounds < MOST_ROUNDS && reader.count() !== before; rounds++) {
        before = reader.count();
        // Read only when the loop has handled what it was woken for: the package throws where a datagram it was told of is gone.
        await eventLoopRound();
        if (open) reader.rest();
      }
    },
    async close() {
      if (!open) return;
      open = false;
      reader.stop();
      socket.close();
      // Ours alone: somebody else may have put a socket of his own there.
      if (lstatSync(path, { throwIfNoEntry: false })?.ino === ino) unlinkSync(path);
    },
  };
}

async function load(options: UnixgramOptions): Promise<typeof UnixDgram> {
  try {
    return (await options.load()).default;
  } catch (error) {
    throw new Error(
      `Unix datagram sockets need the optional package unix-dgram: ${whyNot(error as NodeJS.ErrnoException)}. ` +
        'A Unix stream socket (--statsd.listen-unix) and UDP need nothing',
      { cause: error },
    );
  }
}

function whyNot({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return 'it is not installed';
  // Its loader lists the fourteen places where it looked.
  if (message.startsWith('Could not locate the bindings file')) return 'it is installed, but not compiled';
  if (code === 'ERR_DLOPEN_FAILED' && message.includes('NODE_MODULE_VERSION')) {
    return `it is compiled for another version of Node than this one, ${process.version}`;
  }
  return message.split('\n', 1)[0]!;
}
