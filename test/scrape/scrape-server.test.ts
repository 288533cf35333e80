import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { Runtime } from '../../src/runtime/runtime.ts';
import type { ScrapeServer, ScrapeServerOptions } from '../../src/scrape/scrape-server.ts';
import { startScrapeServer } from '../../src/scrape/scrape-server.ts';
import { emptyStore, family, series } from '../exposition/fixture.ts';
import { deferred, keptLog, runtime } from './fixture.ts';

const running: ScrapeServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(parts: Partial<ScrapeServerOptions> = {}): Promise<ScrapeServer> {
  const started = await startScrapeServer({
    host: '127.0.0.1',
    port: 0,
    telemetryPath: '/metrics',
    lifecycle: false,
    runtimes: [],
    store: emptyStore(),
    version: '1.2.3',
    settings: [],
    ready: () => true,
    reload: async () => ({ ok: true, value: 'reloaded' }),
    quit: () => {},
    log: keptLog().log,
    now: Date.now,
    ...parts,
  });
  if (!started.ok) throw new Error(started.problem);
  running.push(started);
  return started;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

async function ask(
  server: ScrapeServer,
  path: string,
  method = 'GET',
  headers: Record<string, string> = {},
): Promise<Answer> {
  const request = httpRequest({ host: '127.0.0.1', port: server.address.port, path, method, headers, agent: false });
  request.end();
  const [response] = await once(request, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

/** A store whose page is worth compressing. */
function fullStore() {
  const store = emptyStore();
  const gauge = family(store, { name: 'orders_total', type: 'counter' });
  for (let i = 0; i < 200; i++) series(gauge, { i: String(i) }).add(i);
  return store;
}

describe('the page', () => {
  test('comes in the format that is asked for, with its length', async () => {
    const store = fullStore();
    const server = await start({ store });
    const text = await ask(server, '/metrics?name[]=x');
    expect(text.status).toBe(200);
    expect(text.headers).toMatchObject({
      'content-type': 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
      'content-length': String(store.render('text').length),
      vary: 'Accept, Accept-Encoding',
    });
    expect(text.body.equals(store.render('text'))).toBe(true);
    const om = await ask(server, '/metrics', 'GET', { accept: 'application/openmetrics-text;version=1.0.0' });
    expect(om.headers['content-type']).toBe(
      'application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores',
    );
    expect(om.body.equals(store.render('openmetrics'))).toBe(true);
    expect(server.page.stats()).toMatchObject({ lastBytes: om.body.length });
    expect([...server.page.stats().scrapes]).toEqual([
      ['text identity', 1],
      ['openmetrics identity', 1],
    ]);
  });

  test('comes in gzip where that is taken', async () => {
    const store = fullStore();
    const server = await start({ store });
    const zipped = await ask(server, '/metrics', 'GET', { 'accept-encoding': 'gzip' });
    expect(zipped.headers).toMatchObject({ 'content-encoding': 'gzip', 'content-length': String(zipped.body.length) });
    expect(gunzipSync(zipped.body).equals(store.render('text'))).toBe(true);
    const plain = await ask(server, '/metrics', 'GET', { 'accept-encoding': 'gzip;q=0, br' });
    expect(plain.headers['content-encoding']).toBeUndefined();
  });

  test('answers HEAD with the headers alone, and anything else with 405', async () => {
    const store = fullStore();
    const server = await start({ store });
    const head = await ask(server, '/metrics', 'HEAD');
    expect(head).toMatchObject({ status: 200, headers: { 'content-length': String(store.render('text').length) } });
    expect(head.body).toHaveLength(0);
    expect(await ask(server, '/metrics', 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  test('is rendered after the collectors ran, with the deadline that the scraper gave', async () => {
    const store = emptyStore();
    const gauge = series(family(store, { name: 'x', type: 'gauge' }));
    const runtimes = [runtime({ kind: 'a', collect: (deadline) => void gauge.set(deadline) })];
    const server = await start({ store, runtimes, now: () => 5000 });
    const { body } = await ask(server, '/metrics', 'GET', { 'x-prometheus-scrape-timeout-seconds': '10' });
    expect(body.toString()).toContain('\nx 14500\n');
  });

  test('comes without a collector that fails, and without one that is late', async () => {
    const never = deferred();
    const runtimes: Runtime[] = [
      runtime({
        kind: 'fails',
        collect: () => {
          throw new Error('no');
        },
      }),
      runtime({ kind: 'late', collect: () => never.promise }),
    ];
    const server = await start({ store: fullStore(), runtimes });
    const { status } = await ask(server, '/metrics', 'GET', { 'x-prometheus-scrape-timeout-seconds': '0.01' });
    expect(status).toBe(200);
    expect(server.page.stats().collect).toEqual({ failed: new Map([['fails', 1]]), late: new Map([['late', 1]]) });
  });

  test('is served on when a client disappears in the middle of it', async () => {
    const store = fullStore();
    const started = deferred();
    const collected = deferred();
    const waits = runtime({
      kind: 'waits',
      collect: () => {
        started.resolve();
        return collected.promise;
      },
    });
    const server = await start({ store, runtimes: [waits] });
    const socket = connect(server.address.port, '127.0.0.1');
    socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
    await started.promise;
    socket.destroy();
    await once(socket, 'close');
    collected.resolve();
    expect((await ask(server, '/metrics')).body.equals(store.render('text'))).toBe(true);
  });
});

// src/scrape/routes.ts
describe('the other paths', () => {
  test('tell health and readiness', async () => {
    let ready = false;
    const server = await start({ ready: () => ready });
    expect(await ask(server, '/-/healthy')).toMatchObject({ status: 200 });
    expect(await ask(server, '/health')).toMatchObject({ status: 200 });
    const not = await ask(server, '/-/ready');
    expect([not.status, not.body.toString()]).toEqual([
      503,
      'metrics-sidecar is not ready: it is starting or stopping.\n',
    ]);
    ready = true;
    expect(await ask(server, '/-/ready')).toMatchObject({ status: 200 });
  });

  test('refuse lifecycle requests unless they are enabled', async () => {
    const quits: string[] = [];
    const server = await start({ quit: () => quits.push('quit') });
    for (const path of ['/-/reload', '/-/quit']) {
      const answer = await ask(server, path, 'POST');
      expect([answer.status, answer.body.toString()]).toEqual([403, 'Lifecycle requests are not enabled.\n']);
    }
    expect(quits).toEqual([]);
  });

  test('reload and tell what came of it', async () => {
    const results = [
      { ok: true, value: 'mapping: 3 rules' },
      { ok: false, problem: 'mapping: line 4 is wrong' },
    ] as const;
    let call = 0;
    const reload = async () => {
      const result = results[call++];
      if (result === undefined) throw new Error('bug');
      return result;
    };
    const server = await start({ lifecycle: true, reload });
    const answers = [
      await ask(server, '/-/reload', 'POST'),
      await ask(server, '/-/reload', 'PUT'),
      await ask(server, '/-/reload', 'POST'),
    ];
    expect(answers.map(({ status, body }) => [status, body.toString()])).toEqual([
      [200, 'mapping: 3 rules\n'],
      [500, 'mapping: line 4 is wrong\n'],
      [500, 'The reload failed; the log says why.\n'],
    ]);
    expect(await ask(server, '/-/reload')).toMatchObject({ status: 405, headers: { allow: 'POST, PUT' } });
  });

  test('quit after the answer is out', async () => {
    const quit = deferred();
    const server = await start({ lifecycle: true, quit: quit.resolve });
    const answer = await ask(server, '/-/quit', 'POST');
    expect(answer.body.toString()).toContain('Goodbye');
    await quit.promise;
  });

  test('show the landing page even when a runtime cannot tell its part', async () => {
    const runtimes = [
      runtime({ kind: 'good', landing: () => [{ title: 'Mapping', rows: [['rules', '3']] }] }),
      runtime({
        kind: 'bad',
        landing: () => {
          throw new Error('no');
        },
      }),
    ];
    const server = await start({ runtimes, settings: [['--statsd.listen-udp', '<:9125>']] });
    const { status, headers, body } = await ask(server, '/');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    const html = body.toString();
    for (const part of ['1.2.3', 'Mapping', '--statsd.listen-udp', '&lt;:9125&gt;']) expect(html).toContain(part);
  });

  test('are listed by a 404', async () => {
    const server = await start({ telemetryPath: '/stats' });
    const { status, body } = await ask(server, '/metrics');
    expect(status).toBe(404);
    expect(body.toString()).toContain('\n/-/ready\n/-/reload\n/health\n/stats\n');
  });
});

describe('the server', () => {
  test('says why it cannot listen', async () => {
    const first = await start();
    const { port } = first.address;
    const second = await startScrapeServer({
      host: '127.0.0.1',
      port,
      telemetryPath: '/metrics',
      lifecycle: false,
      runtimes: [],
      store: emptyStore(),
      version: '',
      settings: [],
      ready: () => true,
      reload: async () => ({ ok: true, value: '' }),
      quit: () => {},
      log: keptLog().log,
      now: Date.now,
    });
    expect(second).toEqual({ ok: false, problem: `cannot listen on 127.0.0.1:${port}: the address is in use` });
  });

  test.each([
    ['no HTTP', 'hello\r\n\r\n', '400'],
    ['a header beyond the limit', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`, '431'],
  ])('answers %s and goes on', async (_, bytes, status) => {
    const server = await start();
    const socket = connect(server.address.port, '127.0.0.1');
    socket.write(bytes);
    const [answer] = await once(socket, 'data');
    socket.destroy();
    expect(String(answer)).toContain(`HTTP/1.1 ${status} `);
    expect(await ask(server, '/-/healthy')).toMatchObject({ status: 200 });
  });

  test('lets a request finish when it closes, and drops idle connections at once', async () => {
    const started = deferred();
    const collected = deferred();
    const waits = runtime({
      kind: 'waits',
      collect: () => {
        started.resolve();
        return collected.promise;
      },
    });
    const server = await start({ store: fullStore(), runtimes: [waits] });
    const idle = connect(server.address.port, '127.0.0.1');
    idle.write('GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(idle, 'data');
    const scraped = ask(server, '/metrics');
    await started.promise;
    const closed = server.close();
    await once(idle, 'close');
    collected.resolve();
    expect(await scraped).toMatchObject({ status: 200 });
    await closed;
    await server.close();
  });
});
