import { once } from 'node:events';
import { createServer } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { takeHandshakesInTurns } from '../../src/net/handshake-turns.ts';
import { servingPair } from '../webhook/pair.ts';

async function served() {
  const { cert, key } = await servingPair();
  const server = createServer({ cert, key }, (_, response) => void response.end('answer'));
  takeHandshakesInTurns(server as unknown as Server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const open: Socket[] = [];
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const kept = (socket: Socket) => {
    open.push(socket.on('error', () => {}));
    return socket;
  };
  return {
    raw: () => kept(connect({ port, host: '127.0.0.1' })),
    secure: (localAddress = '127.0.0.1') =>
      kept(connectTls({ socket: connect({ port, host: '127.0.0.1', localAddress }), rejectUnauthorized: false })),
  };
}

test('hundreds at once all get their handshake, and an answer', async () => {
  const { secure } = await served();
  const answers = Array.from({ length: 200 }, async () => {
    const socket = secure();
    await once(socket, 'secureConnect');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().slice(0, 15);
  });
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['HTTP/1.1 200 OK']));
});

test('connections that say nothing keep no other from its handshake', async () => {
  const { raw, secure } = await served();
  await Promise.all(Array.from({ length: 100 }, () => once(raw(), 'connect')));
  await once(secure(), 'secureConnect');
  await once(secure('127.0.0.7'), 'secureConnect');
});
