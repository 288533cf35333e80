import type { Server, Socket } from 'node:net';

/** Handshakes that begin in one turn of the event loop, some 0.5 ms each: requests wait for no more than these. */
const begunInTurn = 2;
/**
 * While connections come in every turn, one handshake begins for so many of them: the kernel's queue stays short, and
 * no handshake is wasted on a connection that is closed for a newer one.
 */
const acceptedForOne = 16;
/**
 * Handshakes under way: the answers of their clients may all come in one turn, each with the beginning of a body. With
 * 60 bodies of 8 MiB at once, a review waits half as long as with a limit of 32.
 */
const underWay = 4;
/** A handshake that takes longer does not count as under way: its client is waiting for something. */
const slowMs = 25;

/**
 * Lets a TLS server accept connections faster than it begins handshakes. A handshake costs ten times as much as
 * accepting a connection: where thousands come at once, a caller would wait for all earlier ones. The address with the
 * fewest waiting connections goes first, and of that address the newest one: a guard of connections closes those that
 * wait longest.
 *
 * To be called after the server was made and before other listeners of its connections are added.
 */
export function takeHandshakesInTurns(server: Server): void {
  const begin = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  // No byte of a connection is read before its turn. Node's types lack the field that the option sets.
  Object.assign(server, { pauseOnConnect: true });
  const waiting = createWaiting();
  let accepted = 0;
  let credit = 0;
  let open = 0;
  let due = false;

  const shakeHands = (socket: Socket) => {
    open += 1;
    let isOpen = true;
    const over = () => {
      if (!isOpen) return;
      isOpen = false;
      clearTimeout(timer);
      socket.off('close', over);
      open -= 1;
      schedule();
    };
    const timer = setTimeout(over, slowMs).unref();
    socket.once('close', over);
    for (const one of begin) one.call(server, socket);
  };
  const turn = () => {
    due = false;
    credit = accepted === 0 ? begunInTurn : Math.min(begunInTurn, credit + accepted / acceptedForOne);
    accepted = 0;
    while (credit >= 1 && open < underWay) {
      const socket = waiting.take();
      if (socket === undefined) return;
      credit -= 1;
      shakeHands(socket);
    }
    schedule();
  };
  const schedule = () => {
    if (due || waiting.size() === 0 || open >= underWay) return;
    due = true;
    setImmediate(turn);
  };
  server.on('connection', (socket: Socket) => {
    accepted += 1;
    waiting.add(socket);
    schedule();
  });
}

/** The connections that wait for their handshake, by their address. */
function createWaiting() {
  const peers = new Map<string, Set<Socket>>();
  let size = 0;
  const remove = (peer: string, socket: Socket) => {
    const same = peers.get(peer);
    if (!same?.delete(socket)) return;
    size -= 1;
    if (same.size === 0) peers.delete(peer);
  };
  return {
    size: () => size,
    add(socket: Socket) {
      const peer = socket.remoteAddress ?? '';
      const same = peers.get(peer);
      if (same === undefined) peers.set(peer, new Set([socket]));
      else same.add(socket);
      size += 1;
      socket.once('close', () => remove(peer, socket));
    },
    take(): Socket | undefined {
      let fewest: readonly [peer: string, sockets: ReadonlySet<Socket>] | undefined;
      for (const entry of peers) if (fewest === undefined || entry[1].size < fewest[1].size) fewest = entry;
      if (fewest === undefined) return undefined;
      const socket = [...fewest[1]].at(-1)!;
      remove(fewest[0], socket);
      return socket;
    },
  };
}
