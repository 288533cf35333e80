// Sends statsd lines over TCP or UDP, as bench/statsd.ts asks: node bench/statsd-load.ts '{"transport":"udp",...}'
// Prints one line of JSON: what was sent, and in how many seconds.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';

export interface Load {
  readonly transport: 'tcp' | 'udp';
  readonly port: number;
  readonly lines: number;
  readonly linesPerDatagram: number;
  readonly series: number;
  /** Datagrams a second; 0: as fast as it goes. */
  readonly rate: number;
}

export interface Sent {
  readonly lines: number;
  readonly seconds: number;
}

/** Of `series` series a quarter each: counters, tagged counters, gauges, tagged timers. The same lines every time. */
function mixedLines(series: number, count: number): string[] {
  let seed = 42;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  return Array.from({ length: count }, (_, i) => {
    const one = Math.floor(random() * (series / 4));
    const value = Math.floor(random() * 1000);
    if (i % 4 === 0) return `shop.checkout.requests.${one}:${value % 10}|c`;
    if (i % 4 === 1) return `shop.cart.items:${value % 10}|c|#env:production,region:eu-west-1,route:r${one}`;
    if (i % 4 === 2) return `shop.queue.length.${one}:${value}|g`;
    return `shop.db.query:${value}|ms|#env:production,table:t${one}`;
  });
}

/** Chunks that are sent round and round, with the number of lines in each. */
function chunksOf({ series, linesPerDatagram }: Load): readonly { readonly bytes: Buffer; readonly lines: number }[] {
  const lines = mixedLines(series, Math.max(20_000, series * 8));
  const chunks: { bytes: Buffer; lines: number }[] = [];
  for (let from = 0; from < lines.length; from += linesPerDatagram) {
    const part = lines.slice(from, from + linesPerDatagram);
    chunks.push({ bytes: Buffer.from(part.join('\n')), lines: part.length });
  }
  return chunks;
}

async function sendTcp(load: Load): Promise<number> {
  const chunks = chunksOf({ ...load, linesPerDatagram: 1000 }).map(({ bytes, lines }) => ({
    bytes: Buffer.concat([bytes, Buffer.from('\n')]),
    lines,
  }));
  const socket = connect(load.port, '127.0.0.1');
  await once(socket, 'connect');
  let sent = 0;
  for (let i = 0; sent < load.lines; i++) {
    const { bytes, lines } = chunks[i % chunks.length]!;
    sent += lines;
    if (!socket.write(bytes)) await once(socket, 'drain');
  }
  socket.end();
  socket.resume();
  await once(socket, 'close');
  return sent;
}

async function sendUdp(load: Load): Promise<number> {
  const chunks = chunksOf(load);
  const socket = createSocket('udp4');
  socket.connect(load.port, '127.0.0.1');
  await once(socket, 'connect');
  const burst = load.rate === 0 ? 200 : Math.max(1, Math.round(load.rate / 1000));
  let sent = 0;
  const began = performance.now();
  for (let i = 0; sent < load.lines; ) {
    let pending = burst;
    await new Promise<void>((resolve) => {
      const done = () => void (--pending === 0 && resolve());
      for (let j = 0; j < burst; j++, i++) {
        const { bytes, lines } = chunks[i % chunks.length]!;
        sent += lines;
        socket.send(bytes, done);
      }
    });
    const early = load.rate === 0 ? 0 : began + (i / load.rate) * 1000 - performance.now();
    if (early > 1) await setTimeout(early);
  }
  socket.close();
  return sent;
}

const load = JSON.parse(process.argv[2]!) as Load;
const began = performance.now();
const lines = await (load.transport === 'tcp' ? sendTcp(load) : sendUdp(load));
console.log(JSON.stringify({ lines, seconds: (performance.now() - began) / 1000 } satisfies Sent));
