// Sends statsd lines over TCP or UDP, as bench/statsd.ts asks: node bench/statsd-load.ts '{"transport":"udp",...}'
// Prints one line of JSON: what was sent, and in how many seconds.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { linesOf, type Shape } from './statsd-lines.ts';
import { type OddShape, oddLines, oddShapes } from './statsd-odd-lines.ts';

export interface Load {
  readonly transport: 'tcp' | 'udp';
  readonly port: number;
  readonly lines: number;
  readonly linesPerDatagram: number;
  readonly shape: Shape | OddShape;
  readonly series: number;
  /** Datagrams a second; 0: as fast as it goes. */
  readonly rate: number;
  /** Sockets, each with a port of its own, that datagrams are sent from in turns. */
  readonly senders: number;
}

export interface Sent {
  readonly lines: number;
  readonly seconds: number;
}

interface Chunk {
  readonly bytes: Buffer;
  readonly lines: number;
}

function isOdd(shape: Load['shape']): shape is OddShape {
  return (oddShapes as readonly string[]).includes(shape);
}

/** Chunks that are sent round and round. */
function chunksOf({ shape, series }: Load, linesPerChunk: number, end: string): readonly Chunk[] {
  const lines = isOdd(shape) ? oddLines(shape) : linesOf(shape, series);
  return Array.from({ length: Math.ceil(lines.length / linesPerChunk) }, (_, i) => {
    const part = lines.slice(i * linesPerChunk, (i + 1) * linesPerChunk);
    return { bytes: Buffer.from(part.join('\n') + end), lines: part.length };
  });
}

async function sendTcp(load: Load): Promise<number> {
  const chunks = chunksOf(load, 1000, '\n');
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

async function connected(port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

async function sendUdp(load: Load): Promise<number> {
  const chunks = chunksOf(load, load.linesPerDatagram, '');
  const sockets = await Promise.all(Array.from({ length: load.senders }, () => connected(load.port)));
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
        sockets[i % sockets.length]!.send(bytes, done);
      }
    });
    const early = load.rate === 0 ? 0 : began + (i / load.rate) * 1000 - performance.now();
    if (early > 1) await setTimeout(early);
  }
  for (const socket of sockets) socket.close();
  return sent;
}

const load = JSON.parse(process.argv[2]!) as Load;
const began = performance.now();
const lines = await (load.transport === 'tcp' ? sendTcp(load) : sendUdp(load));
console.log(JSON.stringify({ lines, seconds: (performance.now() - began) / 1000 } satisfies Sent));
