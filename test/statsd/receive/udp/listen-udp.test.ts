import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { listenUdp } from '../../../../src/statsd/receive/udp/listen-udp.ts';
import { findOwnSocket } from '../../../../src/statsd/receive/udp/proc-net-udp.ts';
import { sendUdp } from '../../runtime.ts';
import { each } from './each-datagram.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };

async function listen(
  findSocket: typeof findOwnSocket,
  host = '127.0.0.1',
  readBuffer = 0,
  clock = () => performance.now(),
) {
  const got: string[] = [];
  let wakes = 0;
  const failed = { count: 0 };
  const listener = await listenUdp({
    ...{ address: { host, port: 0 }, readBuffer, log, findSocket, clock, shared: false },
    inbox: each((datagram) => got.push(datagram)),
    wake: () => wakes++,
    failed: () => failed.count++,
  });
  return { listener, got, failed, wakes: () => wakes };
}

describe.each([
  ['reading the descriptor', findOwnSocket, process.platform === 'linux' ? 'draining' : 'events'],
  ['event by event', () => undefined, 'events'],
] as const)('%s', (_, findSocket, reading) => {
  test('takes every datagram once, in order, with a newline behind it', async () => {
    const { listener, got, wakes } = await listen(findSocket, '127.0.0.1', 2 ** 20);
    expect(listener.reading()).toBe(reading);
    const sent = Array.from({ length: 200 }, (_unused, i) => `a:${i}|c`);
    await sendUdp(listener.port, [...sent, '', 'x\n']);
    await listener.drain();
    expect(got).toEqual([...sent.map((line) => `${line}\n`), '\n', 'x\n\n']);
    await sendUdp(listener.port, ['y'.repeat(65_507)]);
    await listener.drain();
    expect(got.at(-1)?.length).toBe(65_508);
    expect(got.at(-1)).toMatch(/^y+\n$/);
    if (reading === 'events') expect(wakes()).toBe(got.length);
    else expect(wakes()).toBeLessThan(got.length);
    await listener.close();
    await listener.close();
  });

  test('when it is closed nothing more is read', async () => {
    const { listener, got } = await listen(findSocket);
    const before = readdirSync('/proc/self/fd').length;
    await listener.close();
    await listener.drain();
    expect(got).toEqual([]);
    expect(readdirSync('/proc/self/fd').length).toBe(before - 1);
  });
});

describe.runIf(process.platform === 'linux')('many datagrams a second', () => {
  const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `a:${from + i}|c`);
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve));
  };

  test('are polled for, each taken once and in order; fewer are waited for again', async () => {
    // By a clock that stands still every datagram comes fast.
    let time = 0;
    const { listener, got, wakes } = await listen(findOwnSocket, '127.0.0.1', 2 ** 20, () => time);
    await sendUdp(listener.port, numbered(0, 1));
    await until(() => got.length === 1);
    for (let sent = 1; listener.reading() !== 'polling'; sent++) {
      await sendUdp(listener.port, numbered(sent, sent + 1));
      await until(() => got.length > sent);
    }
    const before = { got: got.length, wakes: wakes() };
    expect(before.got).toBeLessThanOrEqual(16);
    await sendUdp(listener.port, numbered(before.got, before.got + 1000));
    await until(() => got.length === before.got + 1000);
    expect(wakes() - before.wakes).toBeLessThan(500);
    expect(got).toEqual(numbered(0, before.got + 1000).map((line) => `${line}\n`));
    await until(() => listener.reading() === 'draining');
    time = 1e6;
    await sendUdp(listener.port, ['late']);
    await until(() => got.at(-1) === 'late\n');
    await listener.close();
  });

  test('a slow clock leaves it waiting', async () => {
    let time = 0;
    const { listener, got } = await listen(findOwnSocket, '127.0.0.1', 0, () => time++);
    for (let sent = 0; sent < 100; sent++) {
      time += 4;
      await sendUdp(listener.port, ['a:1|c']);
      await until(() => got.length > sent);
      expect(listener.reading()).toBe('draining');
    }
    await listener.close();
  });

  test('draining and closing end the polls', async () => {
    const { listener, got } = await listen(findOwnSocket, '127.0.0.1', 2 ** 20, () => 0);
    for (let sent = 0; listener.reading() !== 'polling'; sent++) {
      await sendUdp(listener.port, ['a:1|c']);
      await until(() => got.length > sent);
    }
    const before = got.length;
    await sendUdp(listener.port, numbered(0, 150));
    await listener.drain();
    expect(got.length).toBe(before + 150);
    await listener.close();
  });
});

test('an empty host takes IPv4 and IPv6', async () => {
  const { listener, got } = await listen(findOwnSocket, '');
  await sendUdp(listener.port, ['four']);
  if (listener.host === '::') {
    const socket = createSocket('udp6');
    await new Promise((resolve) => socket.send('six', listener.port, '::1', resolve));
    socket.close();
  }
  await listener.drain();
  expect(got).toEqual(listener.host === '::' ? ['four\n', 'six\n'] : ['four\n']);
  await listener.close();
});

test('an address in use is an error', async () => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  const inbox = each(() => {});
  const options = { readBuffer: 0, log, findSocket: findOwnSocket, clock: () => 0, inbox, wake() {}, failed() {} };
  await expect(listenUdp({ ...options, shared: false, address: { host: '127.0.0.1', port } })).rejects.toThrow(
    'EADDRINUSE',
  );
  socket.close();
});

test.runIf(process.platform === 'linux')('what the kernel drops is known', async () => {
  const { listener, got } = await listen(findOwnSocket, '127.0.0.1', 2048);
  const socket = createSocket('udp4').bind(0);
  await once(socket, 'listening');
  socket.connect(listener.port, '127.0.0.1');
  await once(socket, 'connect');
  const sent = 2000;
  // Sent within one turn of the event loop, so that nothing reads meanwhile.
  const last = new Promise((resolve) => {
    for (let i = 0; i < sent; i++) socket.send('a:1|c', i === sent - 1 ? resolve : undefined);
  });
  await last;
  await listener.drain();
  expect(await listener.drops()).toBe(sent - got.length);
  expect(got.length).toBeLessThan(sent);
  socket.close();
  await listener.close();
});
