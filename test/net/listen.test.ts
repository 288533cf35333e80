import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../../src/net/listen.ts';

function server() {
  const created = createServer();
  onTestFinished(() => void created.close());
  return created;
}

test('port 0 is any free one: the answer says which', async () => {
  const bound = await listen(server(), { host: '127.0.0.1', port: 0 });
  expect(bound).toEqual({ ok: true, value: { host: '127.0.0.1', port: expect.any(Number) } });
  expect(bound.ok && bound.value.port).toBeGreaterThan(0);
});

test('no host is every address', async () => {
  const bound = await listen(server(), { host: '', port: 0 });
  expect(bound.ok && ['::', '0.0.0.0']).toContain(bound.ok && bound.value.host);
});

test('a sentence says why a server cannot listen', async () => {
  const bound = await listen(server(), { host: '127.0.0.1', port: 0 });
  const port = bound.ok ? bound.value.port : 0;
  expect(await listen(server(), { host: '127.0.0.1', port })).toEqual({
    ok: false,
    problem: `cannot listen on 127.0.0.1:${port}: the address is in use`,
  });
  expect(await listen(server(), { host: '2001:db8::1', port: 1 })).toMatchObject({
    ok: false,
    problem: expect.stringMatching(/^cannot listen on \[2001:db8::1\]:1: listen E\w+: /),
  });
});
