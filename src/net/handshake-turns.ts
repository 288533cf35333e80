import type { Server, Socket } from 'node:net';

/** Handshakes that are begun in one turn of the event loop, some 0.5 ms each: requests wait for no more than these. */
const begunInTurn = 2;
/**
 * While connections come in every turn, one handshake is begun for so many of them: the kernel's queue of them stays
 * short, and handshakes are not made on connections that are closed for newer ones.
 */
const acceptedForOne = 16;
/**
 * Handshakes under way: their clients' answers may all come in one turn, with the first of a body behind each. With 60
 * bodies of 8 MiB at once a review then waits half as long as with 32.
 */
const underWay = 4;
/** One that takes longer no longer keeps another from beginning; its client waits for something. */
const slowMilliseconds = 25;

/**
 * Has a TLS server take connections faster than it shakes hands on them. A handshake costs ten times what taking a
 * connection does; where thousands come at once, and all in the order they came, a caller would wait for all of them.
 * The address that has the fewest waiting goes first, and of that address the newest: those that wait longest are the
 * ones that a guard of connections closes.
 *
 * To be called after the server was made and before anything else listens to its connections.
 */
export function takeHandshakesInTurns(server: Server): void {
  const begin = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  // Nothing is read of a connection before its turn. Node's types do not have the field that its option sets.
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
    const timer = setTimeout(over, slowMilliseconds).unref();
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

/** Connections whose handshake was not begun, by their address. */
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
