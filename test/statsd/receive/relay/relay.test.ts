import { createSocket } from 'node:dgram';
import { lookup as dnsLookup } from 'node:dns';
import { once } from 'node:events';
import { createServer, type LookupFunction, type Server, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RelayAddress } from '../../../../src/contract/statsd-sockets.ts';
import { startRelay } from '../../../../src/statsd/receive/relay/relay.ts';
import { mostWaiting } from '../../../../src/statsd/receive/relay/relay-target.ts';

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
};

function start(
  targets: readonly RelayAddress[],
  { packetLength = 1400, interval = 5, lookup = dnsLookup as LookupFunction } = {},
) {
  const relay = startRelay({ targets, packetLength, interval, lookup });
  onTestFinished(() => relay.close());
  const take = (text: string) => relay.take(Buffer.from(text), 0, Buffer.byteLength(text));
  return { relay, take };
}

async function udpServer(host = '127.0.0.1', port = 0) {
  const got: string[] = [];
  const socket = createSocket('udp4')
    .on('message', (datagram) => got.push(datagram.toString()))
    .bind(port, host);
  await once(socket, 'listening');
  let open = true;
  const close = () => {
    if (open) socket.close();
    open = false;
  };
  onTestFinished(close);
  return { got, port: socket.address().port, close };
}

async function tcpServer(port = 0) {
  const got = { text: '', connections: 0 };
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    got.connections++;
    open.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      got.text += chunk;
    });
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of open) socket.resetAndDestroy();
    await closed;
  };
  onTestFinished(() => void (server.listening && close()));
  return { got, port: (server.address() as { port: number }).port, close };
}

const udp = (port: number, host = '127.0.0.1'): RelayAddress => ({ protocol: 'udp', host, port });
const tcp = (port: number, host = '127.0.0.1'): RelayAddress => ({ protocol: 'tcp', host, port });

describe('packets', () => {
  test('lines are packed up to the length, and the rest goes with the next tick', async () => {
    const server = await udpServer();
    const { relay, take } = start([udp(server.port)], { packetLength: 16 });
    take('aaa:1|c\nbbb:1|c\nccc:1|c\n');
    await until(() => server.got.length === 2);
    expect(server.got).toEqual(['aaa:1|c\nbbb:1|c\n', 'ccc:1|c\n']);
    expect(relay.counts).toEqual([
      { target: `127.0.0.1:${server.port}`, lines: 3, longLines: 0, packets: 2, linesDropped: 0, errors: 0 },
    ]);
  });

  test('a line of the length minus one fits, a longer one is counted and left out', async () => {
    const server = await udpServer();
    const { relay, take } = start([udp(server.port)], { packetLength: 16 });
    take(`${'x'.repeat(16)}\n${'y'.repeat(15)}\nz\n`);
    await until(() => server.got.length === 2);
    expect(server.got).toEqual([`${'y'.repeat(15)}\n`, 'z\n']);
    expect(relay.counts[0]).toMatchObject({ lines: 2, longLines: 1 });
  });

  test('lines go as they came: malformed ones too, empty ones and carriage returns not', async () => {
    const server = await udpServer();
    const { take } = start([udp(server.port)]);
    take('\n\r\nno colon\nä:1|c\r\n\n');
    await until(() => server.got.length === 1);
    expect(server.got).toEqual(['no colon\nä:1|c\n']);
  });

  test('only the part that is asked for is relayed', async () => {
    const server = await udpServer();
    const { relay } = start([udp(server.port)]);
    relay.take(Buffer.from('a:1|c\nb:1|c\nc:1|c\n'), 6, 12);
    await until(() => server.got.length === 1);
    expect(server.got).toEqual(['b:1|c\n']);
  });
});

describe('targets', () => {
  test('each gets every line, over UDP and TCP, by name too', async () => {
    const one = await udpServer();
    const two = await tcpServer();
    const { relay, take } = start([udp(one.port, 'localhost'), tcp(two.port)]);
    take('a:1|c\nb:1|c\n');
    await until(() => one.got.length === 1 && two.got.text !== '');
    expect([one.got, two.got.text]).toEqual([['a:1|c\nb:1|c\n'], 'a:1|c\nb:1|c\n']);
    expect(relay.counts.map(({ target }) => target)).toEqual([`localhost:${one.port}`, `tcp://127.0.0.1:${two.port}`]);
  });

  test('a UDP target that nobody listens at costs errors, and the next one nothing', async () => {
    const gone = await udpServer();
    gone.close();
    const there = await udpServer();
    const { relay, take } = start([udp(gone.port), udp(there.port)]);
    for (let i = 0; i < 5; i++) {
      take(`a:${i}|c\n`);
      await until(() => there.got.length > i);
    }
    await until(() => relay.counts[0]!.errors > 0);
    expect(there.got.join('')).toBe('a:0|c\na:1|c\na:2|c\na:3|c\na:4|c\n');
    expect(relay.counts[1]).toMatchObject({ packets: 5, linesDropped: 0, errors: 0 });
  });

  test('a datagram that is too large for the network is dropped and counted', async () => {
    const server = await udpServer();
    const { relay, take } = start([udp(server.port)], { packetLength: 70_000 });
    take(`${'x'.repeat(68_000)}\n`);
    await until(() => relay.counts[0]!.linesDropped === 1);
    take('a:1|c\n');
    await until(() => server.got.length === 1);
    expect(relay.counts[0]).toMatchObject({ lines: 2, packets: 1, linesDropped: 1, errors: 1 });
  });

  test('a name that nobody knows costs errors; what waits for it is bounded and counted', async () => {
    const { relay, take } = start([udp(1, 'nobody.invalid')], { packetLength: 60_000 });
    const line = `${'x'.repeat(49_999)}\n`;
    const packets = Math.floor(mostWaiting / line.length);
    for (let i = 0; i < packets + 4; i++) take(line);
    await until(() => relay.counts[0]!.linesDropped === 4);
    await until(() => relay.counts[0]!.errors > 0);
    await relay.close();
    expect(relay.counts[0]).toMatchObject({ lines: packets + 4, packets: 0, linesDropped: packets + 4 });
  });

  test.runIf(process.platform === 'linux')('a name is looked up again where its address does not answer', async () => {
    const gone = await udpServer('127.0.0.1');
    gone.close();
    const moved = await udpServer('127.0.0.2', gone.port);
    const addresses = ['127.0.0.1', '127.0.0.1', '127.0.0.2'];
    const asked: string[] = [];
    const lookup: LookupFunction = (name, _options, found) => {
      asked.push(name);
      found(null, addresses[Math.min(asked.length, addresses.length) - 1]!, 4);
    };
    const { take } = start([udp(gone.port, 'statsd.example')], { lookup });
    while (moved.got.length === 0) {
      take('a:1|c\n');
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(moved.got[0]).toMatch(/^(a:1\|c\n)+$/);
    expect(new Set(asked)).toEqual(new Set(['statsd.example']));
    expect(asked.length).toBeGreaterThanOrEqual(3);
  });

  test('a TCP target that comes later gets what waited', async () => {
    const early = await tcpServer();
    await early.close();
    const { relay, take } = start([tcp(early.port)]);
    take('a:1|c\n');
    await until(() => relay.counts[0]!.errors > 0);
    const server = await tcpServer(early.port);
    await until(() => server.got.text !== '');
    expect(server.got.text).toBe('a:1|c\n');
    expect(relay.counts[0]).toMatchObject({ lines: 1, packets: 1, linesDropped: 0 });
  });

  test('a TCP connection that breaks is made again', async () => {
    const first = await tcpServer();
    const { relay, take } = start([tcp(first.port)]);
    take('a:1|c\n');
    await until(() => first.got.text === 'a:1|c\n');
    await first.close();
    const second = await tcpServer(first.port);
    await until(() => second.got.connections === 1);
    take('b:1|c\n');
    await until(() => second.got.text !== '');
    expect(second.got.text).toBe('b:1|c\n');
    expect(relay.counts[0]!.packets + relay.counts[0]!.linesDropped).toBe(relay.counts[0]!.lines);
  });

  test('a TCP target that does not read holds nobody up, and what is too much is dropped', async () => {
    const server = createServer((socket) => socket.pause().on('error', () => {})).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { relay, take } = start([tcp(port)], { packetLength: 65_507 });
    const line = `${'x'.repeat(60_000)}\n`;
    for (let i = 0; relay.counts[0]!.linesDropped === 0; i++) {
      take(line);
      if (i % 10 === 9) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(relay.counts[0]!.lines).toBeGreaterThan(mostWaiting / line.length);
    await relay.close();
    server.close();
  });
});

test('closing sends what is left', async () => {
  const [one, two] = [await udpServer(), await tcpServer()];
  const { relay, take } = start([udp(one.port), tcp(two.port)], { interval: 3_600_000 });
  take('a:1|c\n');
  await relay.close();
  await until(() => one.got.length === 1 && two.got.text !== '');
  expect([one.got, two.got.text]).toEqual([['a:1|c\n'], 'a:1|c\n']);
  expect(relay.counts.map(({ packets }) => packets)).toEqual([1, 1]);
});
