import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createInflight } from '../../src/net/inflight.ts';
import { type BodyBounds, type Received, receiveBody } from '../../src/net/receive-body.ts';

/** A server that receives one body, and a connection to it that has sent the head. */
async function receiving(bounds: BodyBounds, headers: string, most = 2 ** 20) {
  const inflight = createInflight(most);
  const received = Promise.withResolvers<Received>();
  const requested = Promise.withResolvers<IncomingMessage>();
  const server = createServer((request, response) => {
    requested.resolve(request);
    request.on('end', () => response.end());
    void receiveBody(request, bounds, inflight).then(received.resolve);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {}).resume();
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n`);
  return { inflight, socket, received: received.promise, request: await requested.promise };
}

const chunked = 'Transfer-Encoding: chunked';
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

test.each([
  ['one piece', ['{"a":1}']],
  ['bytes', [...'{"a":[1,2,3]}']],
  ['small and large pieces', ['a', 'b'.repeat(2000), 'c', 'd'.repeat(1023), 'e'.repeat(4096), 'f']],
  ['more small pieces than fit a block', Array.from({ length: 3000 }, (_, i) => `piece ${i} `)],
])('%s come together as they were sent', async (_, pieces) => {
  const { inflight, socket, received } = await receiving({ limit: 2 ** 20 }, chunked);
  for (const piece of pieces) socket.write(chunk(piece));
  socket.write('0\r\n\r\n');
  const whole = pieces.join('');
  expect(await received).toEqual({ ok: true, bytes: Buffer.from(whole), size: whole.length });
  expect(inflight.bytes).toBe(0);
});

test.each([
  ['announced', (size: number) => `Content-Length: ${size}`, (text: string) => text],
  ['not announced', () => chunked, chunk],
])('of a body that is longer than what is kept the beginning is received, %s', async (_, header, framed) => {
  const size = 300_000;
  const { inflight, socket, received, request } = await receiving({ limit: 500_000, keep: 100_000 }, header(size));
  for (let sent = 0; sent < size; sent += 30_000) socket.write(framed('0123456789'.repeat(3000)));
  const got = await received;
  expect(got).toMatchObject({ ok: true, bytes: Buffer.from('0123456789'.repeat(1639).slice(0, 16_384)) });
  expect(got.ok && got.size).toBeGreaterThan(100_000);
  // The rest of what came is not kept by it: that would be 100,000 bytes and more.
  expect(got.ok && got.bytes.buffer.byteLength).toBeLessThanOrEqual(65_536);
  expect([request.isPaused(), inflight.bytes]).toEqual([true, 0]);
});

test.each([
  ['announced', 'Content-Length: 11', ''],
  ['not announced', chunked, chunk('x'.repeat(11))],
])('a body over the limit is refused, %s', async (_, headers, body) => {
  const { inflight, socket, received } = await receiving({ limit: 10 }, headers);
  socket.write(body);
  expect(await received).toEqual({ ok: false, why: 'too_large' });
  expect(inflight.bytes).toBe(0);
});

test('a body of single bytes is refused long before it costs more than it holds', async () => {
  const { socket, received } = await receiving({ limit: 2 ** 20 }, chunked);
  for (let i = 0; i < 11; i++) socket.write(chunk('x').repeat(1000));
  expect(await received).toEqual({ ok: false, why: 'fragmented' });
});

test('a client that goes away leaves nothing', async () => {
  const { inflight, socket, received, request } = await receiving({ limit: 2 ** 20 }, 'Content-Length: 1000');
  socket.write('half');
  await once(request, 'data');
  socket.destroy();
  expect(await received).toEqual({ ok: false, why: 'gone' });
  expect(inflight.bytes).toBe(0);
});

test('where all bodies together are too many the largest is refused', async () => {
  const { socket, received } = await receiving({ limit: 2 ** 20 }, 'Content-Length: 50000', 40_000);
  socket.write('x'.repeat(50_000));
  expect(await received).toEqual({ ok: false, why: 'too_many_inflight' });
});
