import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../../src/webhook/listen.ts';

function server() {
  const created = createServer();
  onTestFinished(() => void created.close());
  return created;
}

test('port 0 is any free one: the answer says which', async () => {
  const bound = await listen(server(), { host: '127.0.0.1', port: 0 }, '--listen-address');
  expect(bound).toEqual({ ok: true, address: { host: '127.0.0.1', port: expect.any(Number) } });
  expect(bound.ok && bound.address.port).toBeGreaterThan(0);
});

test('no host is every address', async () => {
  const bound = await listen(server(), { host: '', port: 0 }, '--listen-address');
  expect(bound.ok && ['::', '0.0.0.0']).toContain(bound.ok && bound.address.host);
});

test('an address that cannot be had is a sentence', async () => {
  const bound = await listen(server(), { host: '127.0.0.1', port: 0 }, '--listen-address');
  const port = bound.ok ? bound.address.port : 0;
  expect(await listen(server(), { host: '127.0.0.1', port }, '--listen-address')).toEqual({
    ok: false,
    problem: `--listen-address: 127.0.0.1:${port} is in use`,
  });
  expect(await listen(server(), { host: '2001:db8::1', port: 1 }, '--listen-address')).toMatchObject({
    ok: false,
    problem: expect.stringMatching(/^--listen-address: \[2001:db8::1\]:1 cannot be used \(E\w+\)$/),
  });
});
