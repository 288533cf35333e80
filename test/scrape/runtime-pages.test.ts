import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { PageRequest, RuntimePage } from '../../src/runtime/runtime.ts';
import { type ScrapeServer, startScrapeServer } from '../../src/scrape/scrape-server.ts';
import { emptyStore } from '../exposition/fixture.ts';
import { keptLog, runtime } from './fixture.ts';

const running: ScrapeServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(...pages: readonly RuntimePage[]) {
  const { log, lines } = keptLog();
  const server = await startScrapeServer({
    ...{ host: '127.0.0.1', port: 0, telemetryPath: '/metrics', lifecycle: false, version: '1', settings: [] },
    ...{ runtimes: [runtime({ kind: 'shows', pages })], store: emptyStore(), log, now: Date.now },
    ready: () => true,
    reload: async () => ({ ok: true, value: '' }),
    quit: () => {},
  });
  if (!server.ok) throw new Error(server.problem);
  running.push(server);
  const ask = async (path: string, method = 'GET', body?: string | Buffer, headers: Record<string, string> = {}) => {
    const request = httpRequest({ host: '127.0.0.1', port: server.address.port, path, method, headers, agent: false });
    request.on('error', () => {});
    request.end(body);
    const [response] = await once(request, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() };
  };
  return { ask, lines, port: server.address.port };
}

/** A page that shows what it is asked. */
const echo: RuntimePage = {
  path: '/debug/echo',
  methods: ['GET', 'HEAD', 'POST'],
  bodyLimit: 1000,
  answer: ({ method, query, body, headers }: PageRequest) => ({
    status: 200,
    type: 'json',
    body: JSON.stringify([method, [...query], body.toString(), headers['x-mine']]),
    headers: { 'x-own': 'yes' },
  }),
};
const still: RuntimePage = {
  path: '/debug/still',
  methods: ['GET', 'HEAD'],
  answer: async () => ({ status: 200, type: 'html', body: '<p>still</p>' }),
};

test('answers with what the page says, and headers that keep scripts of others out', async () => {
  const { ask } = await start(echo, still);
  const got = await ask('/debug/echo?line=a%3A1%7Cc&line=b', 'GET', undefined, { 'x-mine': 'x' });
  expect(JSON.parse(got.body)).toEqual([
    'GET',
    [
      ['line', 'a:1|c'],
      ['line', 'b'],
    ],
    '',
    'x',
  ]);
  expect(got).toMatchObject({
    status: 200,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-own': 'yes',
    },
  });
  const policy = (await ask('/debug/still')).headers['content-security-policy'];
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy.replace("style-src 'unsafe-inline'", '')).not.toContain('unsafe');
});

test('answers HEAD without the body, and methods that it has not with 405', async () => {
  const { ask } = await start(still);
  expect(await ask('/debug/still', 'HEAD')).toMatchObject({
    status: 200,
    headers: { 'content-length': '12' },
    body: '',
  });
  expect(await ask('/debug/still', 'POST', 'x')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
});

test('hands over a body up to its limit, and refuses a larger one, told or not', async () => {
  const { ask } = await start(echo);
  const whole = 'ä'.repeat(500);
  expect(JSON.parse((await ask('/debug/echo', 'POST', whole)).body)[2]).toBe(whole);
  const over = { status: 413, body: 'The body is over 1000 bytes.\n' };
  expect(await ask('/debug/echo', 'POST', `${whole}x`)).toMatchObject(over);
  expect(await ask('/debug/echo', 'POST', `${whole}x`, { 'transfer-encoding': 'chunked' })).toMatchObject(over);
  expect(await ask('/debug/echo', 'POST', 'x', { 'content-encoding': 'gzip' })).toMatchObject({ status: 415 });
});

test('bounds the memory of bodies that come slowly', async () => {
  const { ask, port } = await start({ ...echo, bodyLimit: 600_000 });
  const slow = connect(port, '127.0.0.1');
  slow.write(`POST /debug/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 600000\r\n\r\n${'x'.repeat(599_999)}`);
  const refused = once(slow, 'data');
  // Until there is no room for both.
  let answered: Buffer | undefined;
  void refused.then(([chunk]) => (answered = chunk));
  while (answered === undefined) {
    expect(await ask('/debug/echo', 'POST', 'y'.repeat(599_999))).toMatchObject({ status: 200 });
  }
  expect(answered.toString()).toMatch(/^HTTP\/1\.1 429 .*retry-after: 1/is);
  slow.destroy();
});

test('answers 500 for a page that throws, and logs why', async () => {
  const throws = (path: string, answer: RuntimePage['answer']): RuntimePage => ({ path, methods: ['GET'], answer });
  const { ask, lines } = await start(
    throws('/debug/a', () => {
      throw new Error('at once');
    }),
    throws('/debug/b', async () => {
      throw new Error('later');
    }),
  );
  for (const path of ['/debug/a', '/debug/b']) {
    expect(await ask(path)).toMatchObject({ status: 500, body: 'The page could not be made; the log says why.\n' });
  }
  expect(lines.map(({ level, message }) => `${level} ${message}`)).toEqual(['error page failed', 'error page failed']);
});

test('leaves the paths of every sidecar as they are, and is listed with them', async () => {
  const { ask } = await start({ ...still, path: '/metrics' }, { ...still, path: '/-/healthy' }, still);
  expect((await ask('/metrics')).body).not.toContain('still');
  expect((await ask('/-/healthy')).body).toBe('metrics-sidecar is healthy.\n');
  expect((await ask('/nothing')).body).toContain('\n/debug/still\n');
});
