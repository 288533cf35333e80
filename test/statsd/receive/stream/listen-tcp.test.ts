import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { listenTcp, type TcpOptions } from '../../../../src/statsd/receive/stream/listen-tcp.ts';
import { sendTcp } from '../../runtime.ts';

async function listen(over: Partial<TcpOptions> = {}) {
  const got: string[] = [];
  const events: string[] = [];
  const listener = await listenTcp({
    address: { host: '127.0.0.1', port: 0 },
    connections: 10,
    lineLimit: 64,
    take: (bytes, start, end) => got.push(...bytes.toString('latin1', start, end - 1).split('\n')),
    event: (event) => events.push(event),
    ...over,
  });
  return { listener, got, events };
}

test('lines, the last of which needs no newline', async () => {
  const { listener, got, events } = await listen();
  await sendTcp(listener.port, 'a:1|c\nb:2|c\nc:3|c');
  expect(got).toEqual(['a:1|c', 'b:2|c', 'c:3|c']);
  expect(events).toEqual(['connection']);
  await listener.close();
  await listener.close();
});

test('a line that is too long costs that line and not the connection', async () => {
  const { listener, got, events } = await listen();
  const socket = connect(listener.port, '127.0.0.1');
  socket.write('a:1|c\n');
  socket.write('x'.repeat(200_000));
  socket.end('\nb:2|c\n');
  await once(socket, 'close');
  expect(got.filter((line) => line.length < 100)).toEqual(['a:1|c', 'b:2|c']);
  expect(events).toEqual(['connection', 'too_long']);
  await listener.close();
});

test('too many connections: the last is closed and counted', async () => {
  const { listener, got, events } = await listen({ connections: 1 });
  const first = connect(listener.port, '127.0.0.1');
  await once(first, 'connect');
  const second = connect(listener.port, '127.0.0.1').on('error', () => {});
  await once(second, 'close');
  expect(events).toEqual(['connection', 'refused']);
  first.end('a:1|c\n');
  await once(first, 'close');
  expect(got).toEqual(['a:1|c']);
  await listener.close();
});

test('a client that breaks off is counted, and what it sent is taken', async () => {
  const { listener, got, events } = await listen();
  const socket = connect(listener.port, '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  socket.write('a:1|c\nb:2|c');
  while (got.length === 0) await new Promise((resolve) => setImmediate(resolve));
  socket.resetAndDestroy();
  while (events.length < 2) await new Promise((resolve) => setImmediate(resolve));
  while (got.length < 2) await new Promise((resolve) => setImmediate(resolve));
  expect(events).toEqual(['connection', 'error']);
  expect(got).toEqual(['a:1|c', 'b:2|c']);
  await listener.close();
});

test('draining takes what has arrived and no new connection', async () => {
  const { listener, got } = await listen();
  const socket = connect(listener.port, '127.0.0.1');
  await once(socket, 'connect');
  const sent = Array.from({ length: 20_000 }, (_, i) => `a:${i}|c`);
  await new Promise((resolve) => socket.write(`${sent.join('\n')}\n`, resolve));
  await listener.drain();
  expect(got).toEqual(sent);
  const late = connect(listener.port, '127.0.0.1');
  const [error] = await once(late, 'error');
  expect(error.code).toBe('ECONNREFUSED');
  await listener.close();
  await once(socket, 'close');
});
