import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that the kernel gives to sockets: another test could get one of those before the program binds it.
 */
const lowest = 10_000;
const highest = 30_000;
const given = new Set<number>();

/** A port of loopback that is free for UDP and TCP, given once. */
export async function freePort(): Promise<number> {
  const port = randomInt(lowest, highest);
  if (given.has(port)) return freePort();
  given.add(port);
  const tcp = createServer();
  const udp = createSocket('udp4');
  try {
    tcp.listen(port, '127.0.0.1');
    await once(tcp, 'listening');
    udp.bind(port, '127.0.0.1');
    await once(udp, 'listening');
    return port;
  } catch {
    return freePort();
  } finally {
    tcp.close();
    udp.close();
  }
}
