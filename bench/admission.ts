/**
 * Measures a review over TLS: the built webhook, a client with 8 connections that are kept, pods of 13 kB; beside it
 * a raw `node:https` server that echoes the same bodies, in turns with it in the same run:
 *
 *   npm run build && node scripts/with-node24.mjs bench/admission.ts [SECONDS] [ROUNDS] [PROGRAM]
 *
 * `NODE_OPTIONS` reaches both servers: `--max-semi-space-size=4` takes 20 MB off the webhook and costs no CPU that
 * could be told from noise; 1 costs a sixth more, since a collection then comes with every tenth review.
 *
 * CPU and memory are what the kernel says of the server's process (`/proc/PID/stat` and `status`), all threads of it.
 * Its log goes where a container's goes: into a pipe that is read.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { issueCertificates } from '../scripts/certificates.ts';

const [seconds, rounds] = [Number(process.argv[2] ?? 10), Number(process.argv[3] ?? 3)];
const program = process.argv[4] ?? join(import.meta.dirname, '../dist/main.js');
const reviews = join(import.meta.dirname, '../test/golden/webhook/reviews');
const connections = 8;
const bodyBytes = 13_000;
/**
 * The compiler is done with the hot paths after some 25,000 reviews: 200 µs from body to answer over the first 4,000,
 * 150 at 20,000, 125 from there on. After 6 s the machine that measured this had not seen as many.
 */
const warmUpSeconds = 12;

const folder = await mkdtemp(join(tmpdir(), 'bench-admission-'));
await issueCertificates({ folder, names: ['127.0.0.1'], days: 1 });
const certificate = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
const authority = await readFile(join(folder, 'ca.crt'), 'utf8');

const echo = `
const { createServer } = require('node:https');
const { readFileSync } = require('node:fs');
const server = createServer({ cert: readFileSync(process.argv[1]), key: readFileSync(process.argv[2]) }, (request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
  });
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ message: 'listening', tls: server.address() })));`;

const servers = {
  floor: ['-e', echo, certificate.cert, certificate.key],
  webhook: [
    program,
    'webhook',
    '--listen-address=127.0.0.1:0',
    '--web.listen-address=127.0.0.1:0',
    `--tls-cert-file=${certificate.cert}`,
    `--tls-key-file=${certificate.key}`,
  ],
} as const;

interface Round {
  /** Of the server, microseconds a review. */
  readonly user: number;
  readonly system: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Megabytes at the end of the load. */
  readonly rss: number;
}

/** The recorded pod of a real ReplicaSet, with as many environment variables as make the review 13 kB. */
function makeReview(): string {
  const parsed = JSON.parse(readFileSync(join(reviews, '003-v1-Pod-CREATE-orders-worker-59bffb6546.json'), 'utf8'));
  const { env } = parsed.request.object.spec.containers[0];
  for (let i = 0; JSON.stringify(parsed).length < bodyBytes; i++) {
    env.push({ name: `SETTING_${i}`, value: `value-${i}-${'x'.repeat(40)}` });
  }
  return JSON.stringify(parsed);
}

async function measure(args: readonly string[], body: string): Promise<Round> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await listening(child);
  child.stdout!.resume();
  await load(port, body, warmUpSeconds);
  const before = cpuTime(child);
  const began = performance.now();
  const latencies = await load(port, body, seconds);
  const took = (performance.now() - began) / 1000;
  const after = cpuTime(child);
  const rss = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]) / 1024;
  child.kill('SIGKILL');
  await once(child, 'exit');
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)]!;
  return {
    user: (after.user - before.user) / latencies.length,
    system: (after.system - before.system) / latencies.length,
    perSecond: latencies.length / took,
    p50: at(0.5),
    p99: at(0.99),
    rss,
  };
}

/** In microseconds; the kernel counts in hundredths of a second. */
function cpuTime({ pid }: ChildProcess): { user: number; system: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
  return { user: Number(fields[11]) * 10_000, system: Number(fields[12]) * 10_000 };
}

async function listening(child: ChildProcess): Promise<number> {
  let text = '';
  for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    const port = /"tls":\{[^}]*"port":(\d+)/.exec(text)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`did not start: ${text}`);
}

/** Sends the review again and again, one at a time on each connection. Gives the latencies in milliseconds. */
async function load(port: number, body: string, duration: number): Promise<number[]> {
  const head = `POST /mutate?timeout=10s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  const bytes = Buffer.from(head + body);
  const latencies: number[] = [];
  const until = performance.now() + duration * 1000;
  const client = async () => {
    const socket = connect({ port, host: '127.0.0.1', ca: authority });
    await once(socket, 'secureConnect');
    let sent = performance.now();
    let missing = 0;
    socket.on('data', (chunk: Buffer) => {
      if (missing === 0) {
        const headEnd = chunk.indexOf('\r\n\r\n') + 4;
        const answer = chunk.toString('latin1', 0, headEnd);
        if (!answer.startsWith('HTTP/1.1 200 ')) throw new Error(chunk.toString());
        missing = headEnd + Number(/content-length: (\d+)/i.exec(answer)![1]);
      }
      missing -= chunk.length;
      if (missing > 0) return;
      const now = performance.now();
      latencies.push(now - sent);
      if (now >= until) return void socket.end();
      sent = now;
      socket.write(bytes);
    });
    socket.write(bytes);
    await once(socket, 'close');
  };
  await Promise.all(Array.from({ length: connections }, client));
  return latencies;
}

const body = makeReview();
const results = { floor: [] as Round[], webhook: [] as Round[] };
for (let i = 0; i < rounds; i++) {
  for (const name of ['floor', 'webhook'] as const) results[name].push(await measure(servers[name], body));
}
await rm(folder, { recursive: true });

console.log(
  `reviews of ${body.length} bytes on ${connections} connections, medians of ${rounds} rounds of ${seconds} s`,
);
console.log('          CPU µs/review    user  system  reviews/CPU s  reviews/s  p50 ms  p99 ms  RSS MB');
const medians = Object.entries(results).map(([name, all]) => {
  const median = (pick: (round: Round) => number) => all.map(pick).sort((a, b) => a - b)[all.length >> 1]!;
  const cpu = median(({ user, system }) => user + system);
  const cells: [text: string, width: number][] = [
    [cpu.toFixed(0), 13],
    [median(({ user }) => user).toFixed(0), 8],
    [median(({ system }) => system).toFixed(0), 8],
    [(1e6 / cpu).toFixed(0), 15],
    [median(({ perSecond }) => perSecond).toFixed(0), 11],
    [median(({ p50 }) => p50).toFixed(2), 8],
    [median(({ p99 }) => p99).toFixed(2), 8],
    [median(({ rss }) => rss).toFixed(0), 8],
  ];
  console.log(name.padEnd(10) + cells.map(([text, width]) => text.padStart(width)).join(''));
  return cpu;
});
console.log(`CPU, webhook / floor: ${(medians[1]! / medians[0]!).toFixed(1)}`);
