import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runToEnd, start } from './program.ts';

const base = ['--web.listen-address=127.0.0.1:0', '--shutdown.grace-period=0s', '--shutdown.scrape-wait=0s', 'statsd'];
const off = ['--statsd.listen-udp=', '--statsd.listen-tcp='];

function unixPath(): string {
  const directory = mkdtempSync(join(tmpdir(), 'statsd-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'statsd.sock');
}

async function ready(program: ReturnType<typeof start>): Promise<string> {
  const { address } = (await program.said('ready')) as { address: { host: string; port: number } };
  return `http://127.0.0.1:${address.port}/metrics`;
}

/** Empty where the thread has ended meanwhile: those that compile come and go. */
function threadName(task: string): string {
  try {
    return readFileSync(join(task, 'comm'), 'utf8').trim();
  } catch {
    return '';
  }
}

function sendUnix(path: string, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path }, () => socket.end(text));
    socket.on('error', reject).on('close', () => resolve());
    socket.resume();
  });
}

test('a killed process leaves its Unix socket, the next takes it over; one that lives keeps it', async () => {
  const path = unixPath();
  const args = [...base, ...off, `--statsd.listen-unix=${path}`, '--statsd.unixsocket-mode=770'];
  await using killed = start(args);
  await ready(killed);
  await killed.stop('SIGKILL');
  expect(existsSync(path)).toBe(true);

  await using program = start(args);
  const page = await ready(program);
  expect(statSync(path).mode & 0o777).toBe(0o770);
  await sendUnix(path, 'a:2|c\na:3|c\n');
  expect(await (await fetch(page)).text()).toMatch(/^a 5$/m);
  const second = await runToEnd(...args);
  expect(second.code).toBe(3);
  expect(second.err).toContain(`statsd: --statsd.listen-unix=${path}: in use by `);
  await sendUnix(path, 'a:1|c\n');

  expect(await program.stop()).toBe(0);
  expect(existsSync(path)).toBe(false);
});

test('what came last is relayed before the end, over UDP and TCP', async () => {
  const udp = createSocket('udp4').bind(0, '127.0.0.1');
  const datagrams: string[] = [];
  udp.on('message', (datagram) => datagrams.push(datagram.toString()));
  let stream = '';
  const tcp = createServer((socket) => socket.on('data', (chunk) => (stream += chunk))).listen(0, '127.0.0.1');
  await Promise.all([once(udp, 'listening'), once(tcp, 'listening')]);
  const { port } = tcp.address() as { port: number };
  const path = unixPath();
  await using program = start([
    ...[...base, ...off, `--statsd.listen-unix=${path}`],
    `--statsd.relay.address=127.0.0.1:${udp.address().port},tcp://localhost:${port}`,
  ]);
  await ready(program);
  await sendUnix(path, 'a:1|c\nb:1|g\n');
  expect(await program.stop()).toBe(0);
  while (datagrams.length === 0 || stream === '') await new Promise((resolve) => setImmediate(resolve));
  expect([datagrams, stream]).toEqual([['a:1|c\nb:1|g\n'], 'a:1|c\nb:1|g\n']);
  udp.close();
  tcp.close();
});

test('a Unix datagram socket needs a package; without it the program says which, and what does without', async () => {
  const path = unixPath();
  const args = [...base, ...off, `--statsd.listen-unixgram=${path}`];
  // Asked of a process of its own, as the program is one: it may be installed, but compiled for another Node.
  const { status } = spawnSync(process.execPath, ['-e', 'require("unix-dgram")'], { cwd: import.meta.dirname });
  if (status === 0) {
    await using program = start(args);
    await ready(program);
    expect(existsSync(path)).toBe(true);
    expect(await program.stop()).toBe(0);
    expect(existsSync(path)).toBe(false);
  } else {
    const { code, err } = await runToEnd(...args);
    expect(code).toBe(3);
    expect(err).toContain(
      `--statsd.listen-unixgram=${path}: Unix datagram sockets need the optional package unix-dgram`,
    );
    expect(err).toContain('--statsd.listen-unix');
  }
});

test('UDP workers are threads of the bundle; what they hold at the end is taken in', async () => {
  const args = [...base, '--statsd.udp-workers=3', '--statsd.listen-udp=127.0.0.1:0', '--statsd.listen-tcp='];
  await using program = start([...args, '--log.format=json']);
  const { udp } = (await program.said('statsd listens')) as { udp: { port: number } };
  const page = await ready(program);
  const tasks = `/proc/${program.child.pid}/task`;
  const threads = readdirSync(tasks).map((task) => threadName(join(tasks, task)));
  expect(threads.filter((name) => name === 'statsd-udp').length).toBe(2);
  for (let sender = 0; sender < 30; sender++) {
    const socket = createSocket('udp4');
    await new Promise((resolve) => socket.send('a:1|c', udp.port, '127.0.0.1', resolve));
    socket.close();
  }
  let text = '';
  while (!/^a 30$/m.test(text)) text = await (await fetch(page)).text();
  expect(text).toMatch(/^statsd_exporter_udp_packets_total 30$/m);
  expect(await program.stop()).toBe(0);
});

test("a command line of statsd_exporter's runs as it is", async () => {
  await using program = start([
    ...['statsd', '--web.listen-address=127.0.0.1:0', '--web.telemetry-path=/stats', '--web.enable-lifecycle'],
    ...['--statsd.listen-udp=127.0.0.1:0', '--statsd.listen-tcp=127.0.0.1:0', '--statsd.listen-unixgram='],
    ...[
      '--statsd.unixsocket-mode=755',
      '--statsd.read-buffer=0',
      '--statsd.cache-size=1000',
      '--statsd.cache-type=lru',
    ],
    ...['--statsd.event-queue-size=10000', '--statsd.event-flush-threshold=1000'],
    ...['--statsd.event-flush-interval=200ms', '--statsd.udp-packet-queue-size=10000', '--debug.dump-fsm='],
    ...['--statsd.parse-dogstatsd-tags', '--no-statsd.parse-influxdb-tags', '--statsd.relay.packet-length=1400'],
    ...['--log.level=info', '--log.format=json', '--shutdown.grace-period=0s', '--shutdown.scrape-wait=0s'],
  ]);
  expect(await program.said('statsd: flags of statsd_exporter that have no effect here')).toMatchObject({
    level: 'warn',
    flags: [
      ...['--statsd.event-queue-size', '--statsd.event-flush-threshold', '--statsd.event-flush-interval'],
      ...['--statsd.cache-type', '--statsd.udp-packet-queue-size'],
    ],
  });
  const { address } = (await program.said('ready')) as { address: { port: number } };
  const url = `http://127.0.0.1:${address.port}`;
  expect((await fetch(`${url}/stats`)).status).toBe(200);
  expect((await fetch(`${url}/-/reload`, { method: 'POST' })).status).toBe(200);
  expect(await program.stop()).toBe(0);
});
