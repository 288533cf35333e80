import { createServer, get, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { listen } from '../../../src/net/listen.ts';
import { trackRequests } from '../../../src/webhook/http/drain.ts';

async function server() {
  const responses: ServerResponse[] = [];
  let came: () => void;
  const first = new Promise<void>((resolve) => {
    came = resolve;
  });
  const http = createServer((_request, response) => {
    responses.push(response);
    came();
  });
  const drain = trackRequests(http);
  const bound = await listen(http, { host: '127.0.0.1', port: 0 });
  if (!bound.ok) throw new Error(bound.problem);
  return { drain, responses, first, port: bound.value.port };
}

function status(port: number): Promise<number | string> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, agent: false }, (response) => resolve(response.resume().statusCode!)).on(
      'error',
      (error: NodeJS.ErrnoException) => resolve(error.code!),
    );
  });
}

test('a request counts from its head to the end of its answer', async () => {
  const { drain, responses, first, port } = await server();
  const answer = status(port);
  await first;
  expect(drain.inFlight()).toBe(1);
  const over = new Promise((resolve) => responses[0]!.once('close', resolve));
  responses[0]!.end();
  await Promise.all([answer, over]);
  expect(drain.inFlight()).toBe(0);
  await drain.close(1000);
});

test('what is in flight is waited for', async () => {
  const { drain, responses, first, port } = await server();
  const answer = status(port);
  await first;
  const closed = drain.close(60_000);
  expect(await status(port)).toBe('ECONNREFUSED');
  responses[0]!.end();
  expect(await answer).toBe(200);
  await closed;
});

test('but not longer than it may take', async () => {
  const { drain, first, port } = await server();
  const answer = status(port);
  await first;
  await drain.close(10);
  expect(await answer).toBe('ECONNRESET');
});

test('a connection without a request does not count', async () => {
  const { drain, port } = await server();
  const socket = connect({ host: '127.0.0.1', port });
  await new Promise((resolve) => socket.once('connect', resolve));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await drain.close(60_000);
  await closed;
});
