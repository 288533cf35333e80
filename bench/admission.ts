// What a review costs over TLS: the webhook in a process of its own, a client with 8 connections that are kept, pods of
// 13 kB; beside it a raw `node:https` server that echoes the same bodies, in turns with it in the same run.
//
//   node scripts/with-node24.mjs bench/admission.ts [SECONDS] [ROUNDS]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { issueAuthority, issueServing } from '../scripts/x509.ts';
import { webhookFlags } from '../src/contract/webhook.ts';
import { defaults } from '../src/flags/flag.ts';
import { startWebhook } from '../src/webhook/webhook.ts';

const connections = 8;
const bodyBytes = 13_000;
const recorded = join(
  import.meta.dirname,
  '../test/golden/webhook/reviews/003-v1-Pod-CREATE-orders-worker-59bffb6546.json',
);

type Server = 'floor' | 'webhook';

/** What the server's process says of itself, in microseconds and bytes. */
interface Usage {
  readonly cpu: number;
  readonly rss: number;
}

interface Round {
  readonly requests: number;
  readonly seconds: number;
  readonly cpuPerRequest: number;
  readonly p50: number;
  readonly p99: number;
  readonly rss: number;
}

if (process.send === undefined) await measure(Number(process.argv[2] ?? 5), Number(process.argv[3] ?? 3));
else await serve(process.argv[2] as Server, process.argv[3]!);

/** The recorded pod of a real ReplicaSet, with as many environment variables as make the review 13 kB. */
async function review(): Promise<string> {
  const parsed = JSON.parse(await readFile(recorded, 'utf8'));
  const { env } = parsed.request.object.spec.containers[0];
  for (let i = 0; JSON.stringify(parsed).length < bodyBytes; i++) {
    env.push({ name: `SETTING_${i}`, value: `value-${i}-${'x'.repeat(40)}` });
  }
  return JSON.stringify(parsed);
}

async function measure(seconds: number, rounds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-admission-'));
  const from = new Date();
  const authority = await issueAuthority('bench', { from, days: 1 });
  const { cert, key } = await issueServing(authority, ['127.0.0.1'], { from, days: 1 });
  await Promise.all([writeFile(join(folder, 'tls.crt'), cert), writeFile(join(folder, 'tls.key'), key)]);
  const body = await review();
  const results: Record<Server, Round[]> = { floor: [], webhook: [] };
  for (const server of ['floor', 'webhook'] as const) await round(server, folder, authority.cert, body, 1);
  for (let i = 0; i < rounds; i++) {
    for (const server of ['floor', 'webhook'] as const) {
      results[server].push(await round(server, folder, authority.cert, body, seconds));
    }
  }
  await rm(folder, { recursive: true });
  console.log(
    `review of ${body.length} bytes, ${connections} connections, medians of ${rounds} rounds of ${seconds} s`,
  );
  console.log('server    CPU µs/review   reviews/CPU s   reviews/s   p50 ms   p99 ms   RSS MB');
  for (const [server, all] of Object.entries(results)) {
    const middle = (value: (one: Round) => number) => all.map(value).sort((a, b) => a - b)[all.length >> 1]!;
    const cells = [
      server.padEnd(9),
      middle(({ cpuPerRequest }) => cpuPerRequest)
        .toFixed(0)
        .padStart(13),
      middle(({ cpuPerRequest }) => 1e6 / cpuPerRequest)
        .toFixed(0)
        .padStart(15),
      middle(({ requests, seconds: took }) => requests / took)
        .toFixed(0)
        .padStart(11),
      middle(({ p50 }) => p50)
        .toFixed(2)
        .padStart(8),
      middle(({ p99 }) => p99)
        .toFixed(2)
        .padStart(8),
      middle(({ rss }) => rss / 2 ** 20)
        .toFixed(0)
        .padStart(8),
    ];
    console.log(cells.join(' '));
  }
}

async function round(server: Server, folder: string, ca: string, body: string, seconds: number): Promise<Round> {
  // The log goes where a container's goes: into a pipe that somebody reads.
  const child = fork(import.meta.filename, [server, folder], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  child.stdout!.resume();
  const [port] = (await once(child, 'message')) as [number];
  const ask = async () => {
    child.send('usage');
    return ((await once(child, 'message')) as [Usage])[0];
  };
  await load(port, ca, body, 1);
  const before = await ask();
  const started = performance.now();
  const latencies = await load(port, ca, body, seconds);
  const took = (performance.now() - started) / 1000;
  const after = await ask();
  child.disconnect();
  child.kill();
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)]!;
  return {
    requests: latencies.length,
    seconds: took,
    cpuPerRequest: (after.cpu - before.cpu) / latencies.length,
    p50: at(0.5),
    p99: at(0.99),
    rss: after.rss,
  };
}

/** Sends the review again and again, one at a time on each connection. Gives the latencies in milliseconds. */
async function load(port: number, ca: string, body: string, seconds: number): Promise<number[]> {
  const head = `POST /mutate?timeout=10s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  const bytes = Buffer.from(head + body);
  const latencies: number[] = [];
  const until = performance.now() + seconds * 1000;
  const one = async () => {
    const socket = connect({ port, host: '127.0.0.1', ca });
    await once(socket, 'secureConnect');
    let sent = performance.now();
    let missing = 0;
    socket.on('data', (chunk: Buffer) => {
      if (missing === 0) {
        const headEnd = chunk.indexOf('\r\n\r\n') + 4;
        const length = /content-length: (\d+)/i.exec(chunk.toString('latin1', 0, headEnd))![1];
        if (!chunk.toString('latin1', 0, 15).endsWith('200 OK')) throw new Error(chunk.toString());
        missing = headEnd + Number(length);
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
  await Promise.all(Array.from({ length: connections }, one));
  return latencies;
}

async function serve(server: Server, folder: string): Promise<void> {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send!({ cpu: user + system, rss: process.memoryUsage.rss() } satisfies Usage);
  });
  process.on('disconnect', () => process.exit());
  const [cert, key] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
  if (server === 'webhook') {
    const loopback = { host: '127.0.0.1', port: 0 };
    const started = await startWebhook(
      {
        ...defaults(webhookFlags),
        listenAddress: loopback,
        webListenAddress: loopback,
        tlsCertFile: cert,
        tlsKeyFile: key,
      },
      { version: '0.0.0', now: Date.now, stdout: process.stdout },
    );
    if (!started.ok) throw new Error(started.problems.join('\n'));
    return void process.send!(started.webhook.tlsAddress.port);
  }
  const echo = createServer({ cert: await readFile(cert), key: await readFile(key) }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
    });
  });
  echo.listen(0, '127.0.0.1', () => process.send!((echo.address() as { port: number }).port));
}
