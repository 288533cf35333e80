import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { listenUdp } from '../../src/statsd/listen-udp.ts';
import { findOwnSocket } from '../../src/statsd/proc-net-udp.ts';
import { sendUdp } from './runtime.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };

async function listen(findSocket: typeof findOwnSocket, host = '127.0.0.1', readBuffer = 0) {
  const got: string[] = [];
  let wakes = 0;
  const failed = { count: 0 };
  const listener = await listenUdp({
    ...{ address: { host, port: 0 }, readBuffer, log, findSocket },
    take: (bytes, end) => got.push(bytes.toString('latin1', 0, end)),
    wake: () => wakes++,
    failed: () => failed.count++,
  });
  return { listener, got, failed, wakes: () => wakes };
}

describe.each([
  ['reading the descriptor', findOwnSocket, process.platform === 'linux'],
  ['event by event', () => undefined, false],
] as const)('%s', (_, findSocket, draining) => {
  test('takes every datagram once, in order, with a newline behind it', async () => {
    const { listener, got, wakes } = await listen(findSocket, '127.0.0.1', 2 ** 20);
    expect(listener.draining).toBe(draining);
    const sent = Array.from({ length: 200 }, (_unused, i) => `a:${i}|c`);
    await sendUdp(listener.port, [...sent, '', 'x\n']);
    await listener.drain();
    expect(got).toEqual([...sent.map((line) => `${line}\n`), '\n', 'x\n\n']);
    await sendUdp(listener.port, ['y'.repeat(65_507)]);
    await listener.drain();
    expect(got.at(-1)?.length).toBe(65_508);
    expect(got.at(-1)).toMatch(/^y+\n$/);
    if (draining) expect(wakes()).toBeLessThan(got.length);
    else expect(wakes()).toBe(got.length);
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
  const options = { readBuffer: 0, log, findSocket: findOwnSocket, take() {}, wake() {}, failed() {} };
  await expect(listenUdp({ ...options, address: { host: '127.0.0.1', port } })).rejects.toThrow('EADDRINUSE');
  socket.close();
});

test.runIf(process.platform === 'linux')('what the kernel drops is known', async () => {
  const { listener, got } = await listen(findOwnSocket, '127.0.0.1', 2048);
  const socket = createSocket('udp4').bind(0);
  await once(socket, 'listening');
  socket.connect(listener.port, '127.0.0.1');
  await once(socket, 'connect');
  const sent = 2000;
  // Sent within one turn of the event loop, so that nothing is read meanwhile.
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
