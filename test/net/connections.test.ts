import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import type { Closed } from '../../src/net/closed-count.ts';
import { createConnectionGuard } from '../../src/net/connections.ts';
import { servingPair } from '../webhook/pair.ts';

/** A guarded server; its answers wait where the path is `/wait`. */
async function guarded(most: number, server: Server = createServer()) {
  const told: Closed[] = [];
  const guard = createConnectionGuard({ most, tell: (closed) => told.push(closed) });
  const waiting: ServerResponse[] = [];
  server.on('request', (request, response) => {
    if (request.url === '/wait') waiting.push(response);
    else response.end('answer');
  });
  guard.watch(server);
  server.listen(0, '::', () => {});
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const open = new Set<Socket>();
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const client = async (localAddress = '127.0.0.1') => {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    open.add(socket);
    socket.on('error', () => {}).resume();
    const [, [accepted]] = await Promise.all([once(socket, 'connect'), once(server, 'connection')]);
    return { socket, accepted: accepted as Socket, closed: once(socket, 'close') };
  };
  const ask = async ({ socket }: { socket: Socket }, path = '/') => {
    const [asked, answered] = [once(server, 'request'), once(socket, 'data')];
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await asked;
    if (path !== '/wait') await answered;
  };
  return { guard, told, waiting, server, port, client, ask };
}

test('there is room for as many as there may be', async () => {
  const { guard, client } = await guarded(2);
  const first = await client();
  await client();
  expect(guard.open()).toBe(2);
  const gone = once(first.accepted, 'close');
  first.socket.destroy();
  await gone;
  expect(guard.open()).toBe(1);
  expect(guard.closed).toEqual({ silent: 0, idle: 0, busy: 0 });
});

test('the oldest that never asked anything goes first, half a request head included', async () => {
  const { guard, told, client, ask } = await guarded(3);
  const used = await client();
  await ask(used);
  const half = await client();
  half.socket.write('GET / HTTP/1.1\r\nHost:');
  const silent = await client();
  const newcomer = await client();
  await half.closed;
  await ask(newcomer);
  await client();
  await silent.closed;
  await ask(used);
  expect(guard.closed).toEqual({ silent: 2, idle: 0, busy: 0 });
  expect(told).toEqual([{ silent: 1, idle: 0, busy: 0 }]);
  expect(guard.open()).toBe(3);
});

test('then the one that is idle for the longest, then the one whose request is the oldest', async () => {
  const { guard, client, ask } = await guarded(3);
  const [a, b, c] = [await client(), await client(), await client()];
  await ask(b);
  await ask(a, '/wait');
  await ask(c);
  await ask(b);
  const d = await client();
  await c.closed;
  await ask(d, '/wait');
  const e = await client();
  await b.closed;
  await ask(e, '/wait');
  const f = await client();
  await a.closed;
  await ask(f);
  expect(guard.closed).toEqual({ silent: 0, idle: 2, busy: 1 });
});

test('a connection whose answer was written is idle again', async () => {
  const { guard, waiting, client, ask } = await guarded(2);
  const [a, b] = [await client(), await client()];
  await ask(a, '/wait');
  await ask(b, '/wait');
  const written = once(waiting[1]!, 'close');
  waiting[1]!.end();
  await written;
  await client();
  await b.closed;
  expect(guard.closed).toEqual({ silent: 0, idle: 1, busy: 0 });
});

test('pipelined requests: idle only after the last answer', async () => {
  const { guard, waiting, server, client } = await guarded(2);
  const [a, b] = [await client(), await client()];
  a.socket.write('GET /wait HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2));
  await once(server, 'request');
  while (waiting.length < 2) await once(server, 'request');
  b.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(b.socket, 'data');
  const first = once(waiting[0]!, 'close');
  waiting[0]!.end();
  await first;
  await client();
  await b.closed;
  expect(guard.closed).toEqual({ silent: 0, idle: 1, busy: 0 });
});

test('a peer that opens many loses its own, not the only one of another', async () => {
  const { client, ask, guard } = await guarded(4);
  const other = await client('127.0.0.9');
  await ask(other);
  const many = [];
  for (let i = 0; i < 3; i++) {
    const one = await client();
    await ask(one);
    many.push(one);
  }
  await client();
  await many[0]!.closed;
  await ask(other);
  expect(guard.closed).toEqual({ silent: 0, idle: 1, busy: 0 });
});

test('TLS: a connection in its handshake has its place, and is silent until a request', async () => {
  const { cert, key } = await servingPair();
  const { guard, client, ask, server, port } = await guarded(2, createTlsServer({ cert, key }) as unknown as Server);
  const raw = await client();
  const secure = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
  secure.on('error', () => {});
  onTestFinished(() => void secure.destroy());
  await once(secure, 'secureConnect');
  await ask({ socket: secure });
  expect(guard.open()).toBe(2);
  // The raw socket closes where the TLS client error of the half handshake is told.
  const told = once(server, 'tlsClientError');
  await client();
  await raw.closed;
  await told;
  await ask({ socket: secure });
  expect(guard.closed).toEqual({ silent: 1, idle: 0, busy: 0 });
});

test('two servers share one guard', async () => {
  const first = await guarded(2);
  const second = createServer((_, response) => response.end());
  first.guard.watch(second);
  second.listen(0, '127.0.0.1');
  await once(second, 'listening');
  const [a] = [await first.client(), await first.client()];
  const socket = connect((second.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
    second.close();
  });
  await a.closed;
  expect(first.guard.open()).toBe(2);
});
