import { createInbox } from './inbox.ts';
import { listenUdp, type UdpListener, type UdpOptions } from './listen-udp.ts';
import { startUdpWorkers, type UdpWorkersOptions } from './udp-workers.ts';

export type SharedUdpOptions = Omit<UdpOptions, 'inbox' | 'shared' | 'failed'> &
  Omit<UdpWorkersOptions, 'count' | 'failed'> & {
    /** The number of sockets: one of this thread, and one of each worker thread. */
    readonly sockets: number;
    /** Counts reads that failed. */
    readonly failed: (count: number) => void;
  };

/**
 * Listens for datagrams on several sockets of one address. The kernel spreads the senders among them by their addresses
 * and ports (SO_REUSEPORT, socket(7)), so that the datagrams of one socket of a sender stay in order. Rejects where it
 * cannot bind.
 */
export async function listenUdpShared(options: SharedUdpOptions): Promise<Omit<UdpListener, 'own' | 'reading'>> {
  const { take } = options;
  const inbox = createInbox((bytes, end, datagrams) => take(bytes, 0, end, datagrams));
  const own = { ...options, inbox, failed: () => options.failed(1) };
  // A shared address can be bound while another process has it, which would lose some of its senders: a first socket
  // asks for the address alone.
  const alone = await listenUdp({ ...own, shared: false });
  await alone.close();
  const address = { host: options.address.host, port: alone.port };
  const listener = await listenUdp({ ...own, address, shared: true });
  try {
    const workers = await startUdpWorkers({ ...options, address, count: options.sockets - 1 });
    return {
      host: listener.host,
      port: listener.port,
      async drops() {
        const drops = await Promise.all([listener.drops(), workers.drops()]);
        return drops.every((one) => one === undefined) ? undefined : (drops[0] ?? 0) + (drops[1] ?? 0);
      },
      drain: async () => void (await Promise.all([listener.drain(), workers.drain()])),
      close: async () => void (await Promise.all([listener.close(), workers.close()])),
    };
  } catch (error) {
    await listener.close();
    throw error;
  }
}
