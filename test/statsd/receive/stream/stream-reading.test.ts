import { once } from 'node:events';
import { connect, createServer, Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { readInto } from '../../../../src/statsd/receive/stream/stream-reading.ts';

test('the sockets of a server read into one buffer, each read taken in before the next', async () => {
  const shared = Buffer.alloc(1000);
  const got: string[] = ['', ''];
  let ended = 0;
  const server = createServer((socket) => {
    let of: number | undefined;
    const reads = readInto(socket, shared, (length) => {
      const text = shared.toString('latin1', 0, length);
      of ??= Number(text[0]);
      got[of] += text;
    });
    expect(reads).toBe(true);
    socket.on('close', () => ended++);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const clients = await Promise.all(
    [0, 1].map(async () => {
      const client = connect(port, '127.0.0.1');
      await once(client, 'connect');
      return client.resume();
    }),
  );
  const closed = clients.map((client) => once(client, 'close'));
  for (let i = 0; i < 50; i++) clients.forEach((client, one) => void client.write(`${one}`.repeat(300)));
  for (const client of clients) client.end();
  await Promise.all(closed);
  while (ended < 2) await new Promise((resolve) => setImmediate(resolve));
  expect(got).toEqual(['0'.repeat(15_000), '1'.repeat(15_000)]);
});

test('a socket that keeps the option elsewhere is left as it is', () => {
  const socket = new Socket();
  expect(readInto(socket, Buffer.alloc(10), () => {})).toBe(false);
});
