import { lstatSync, unlinkSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';
import type { default as UnixDgram } from 'unix-dgram';
import { eventLoopRound } from '../../../timing/event-loop-round.ts';
import { createReader, type ReaderOptions } from '../udp/udp-reader.ts';
import { setMode, takeOver } from './socket-file.ts';

/** The most rounds of the event loop in which a draining socket may still deliver. */
const mostRounds = 10_000;

export interface UnixgramOptions extends Pick<ReaderOptions, 'inbox' | 'wake' | 'failed' | 'clock'> {
  readonly path: string;
  /** Permissions of the file. */
  readonly mode: number;
  /** Loads the package with the sockets. */
  readonly load: () => Promise<{ readonly default: typeof UnixDgram }>;
}

export interface UnixgramListener {
  /** Takes in the waiting datagrams. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Listens on a Unix datagram socket. Node has none (nodejs/node#29339); the package unix-dgram has, which DogStatsD's
 * Node client hot-shots uses to send. It delivers one datagram for each turn of the event loop; those behind it are
 * read from its descriptor, as over UDP. The file of a dead process is replaced; closing removes ours.
 *
 * Rejects where the package is missing, where it cannot bind, and where another process listens.
 */
export async function listenUnixgram(options: UnixgramOptions): Promise<UnixgramListener> {
  const { path } = options;
  const { createSocket } = await load(options);
  const problemOfPath = await takeOver(path);
  if (problemOfPath !== undefined) throw new Error(problemOfPath);
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
      for (let rounds = 0, before = -1; open && rounds < mostRounds && reader.count() !== before; rounds++) {
        before = reader.count();
        // Reads after the loop has handled its events: the package throws where a datagram of an event is gone.
        await eventLoopRound();
        if (open) reader.rest();
      }
    },
    async close() {
      if (!open) return;
      open = false;
      reader.stop();
      socket.close();
      // Our file only: another process may have put its own socket there.
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
  // Its loader lists the fourteen places of its search.
  if (message.startsWith('Could not locate the bindings file')) return 'it is installed, but not compiled';
  if (code === 'ERR_DLOPEN_FAILED' && message.includes('NODE_MODULE_VERSION')) {
    return `it is compiled for another version of Node than this one, ${process.version}`;
  }
  return message.split('\n', 1)[0]!;
}
