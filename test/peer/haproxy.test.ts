import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import * as http2 from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { firstUpstreamPort } from '../../src/contract/haproxy.ts';
import { createStore } from '../../src/exposition/store.ts';
import { haproxyConfig } from '../../src/haproxy/config.ts';
import { startHaproxy } from '../../src/haproxy/haproxy.ts';
import { anySettings, settingsOf } from '../haproxy/settings.ts';
import { checkConfig, findHaproxy, freePorts, type RunningHaproxy, runHaproxy } from './haproxy-process.ts';

const found = findHaproxy();
if (found === undefined) {
  const missing = 'no HAProxy: put one on the PATH or name it by HAPROXY; its tests did not run';
  console.warn(`\n*** ${missing} ***\n`);
  test.skipIf(process.env['CI'] !== 'true')(missing, () => expect.fail(missing));
}

const goldens = join(import.meta.dirname, '../golden/haproxy');
const seen: { url: string; headers: IncomingHttpHeaders }[] = [];
const ending: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
  seen.length = 0;
});

async function listening(server: Server | http2.Http2Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ending.push(async () => server.close());
  return (server.address() as AddressInfo).port;
}

/** Answers `/slow` when `release` is called, everything else at once. */
async function startApp() {
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    seen.push({ url: request.url!, headers: request.headers });
    if (request.url === '/slow') waiting.push(() => response.end('slow'));
    else response.writeHead(request.url === '/missing' ? 404 : 200).end('ok');
    server.emit('seen');
  });
  ending.push(async () => server.closeAllConnections());
  const port = await listening(server);
  return { port, server, release: () => waiting.splice(0).forEach((answer) => void answer()) };
}

async function startProxy(appPort: number, flags: readonly string[] = []) {
  const [listenPort, exporterPort] = (await freePorts(2)) as [number, number];
  const settings = settingsOf([
    `--haproxy.app-port=${appPort}`,
    `--haproxy.listen-port=${listenPort}`,
    `--haproxy.exporter-port=${exporterPort}`,
    ...flags,
  ]);
  const haproxy: RunningHaproxy = await runHaproxy(found!.program, settings);
  ending.push(() => haproxy.stop());
  const health = () => fetch(`http://127.0.0.1:${exporterPort}/healthz`).then(({ status }) => status);
  return { haproxy, settings, health, url: `http://127.0.0.1:${listenPort}`, port: listenPort };
}

/** The sidecar's page with HAProxy's merged in. */
async function mergedPage(proxy: Awaited<ReturnType<typeof startProxy>>): Promise<string> {
  const limits = {
    families: 1000,
    series: 10_000,
    seriesPerFamily: 10_000,
    labelsPerSeries: 30,
    labelValueBytes: 2048,
  };
  const store = createStore({ limits, now: Date.now });
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const started = await startHaproxy(proxy.settings, {
    store,
    log,
    now: Date.now,
    monotonic: Date.now,
    page: () => {},
  });
  if (!started.ok) throw new Error(started.problem);
  await started.value.collect!(Date.now() + 5000);
  const page = store.render('text').toString();
  await started.value.stop();
  return page;
}

describe.skipIf(found === undefined)(`HAProxy ${found?.version}`, () => {
  describe('takes the configuration without a warning', () => {
    test.each(readdirSync(goldens))('%s', (name) => {
      const [, config] = readFileSync(join(goldens, name), 'utf8').split('\n->\n');
      expect(checkConfig(found!.program, config!)).toBe('');
    });

    test('a sample of all settings that there are', () => {
      const check = fc.property(anySettings, fc.boolean(), (settings, ipv6) => {
        expect(checkConfig(found!.program, haproxyConfig(settings, { ipv6 }))).toBe('');
      });
      fc.assert(check, { numRuns: 25 });
    });
  });

  test('requests are counted on the merged page, routes apart', async () => {
    const app = await startApp();
    const proxy = await startProxy(app.port, ['--haproxy.routes=/api/users/:id,/api/:any']);
    for (const path of ['/', '/missing', '/api/users/1', '/api/users/2?x=/api/a', '/api/users/3/', '/api/orders']) {
      await (await fetch(proxy.url + path)).text();
    }
    const page = await mergedPage(proxy);
    expect(page).toContain('haproxy_sidecar_up 1\n');
    expect(page).toContain('haproxy_sidecar_bad_lines_total 0\n');
    expect(page).toContain('haproxy_frontend_http_requests_total{proxy="inbound"} 6\n');
    expect(page).toContain('haproxy_backend_http_requests_total{proxy="app"} 2\n');
    expect(page).toContain('haproxy_backend_http_requests_total{proxy="route:api:users::id"} 3\n');
    expect(page).toContain('haproxy_backend_http_requests_total{proxy="route:api::any"} 1\n');
    expect(page).toContain('haproxy_backend_http_responses_total{code="4xx",proxy="app"} 1\n');
  });

  test('the application learns the client and an id of the request; an id that is there already stays', async () => {
    const app = await startApp();
    const proxy = await startProxy(app.port);
    await fetch(proxy.url);
    await fetch(proxy.url, { headers: { 'x-request-id': 'mine', 'x-forwarded-for': '192.0.2.1' } });
    expect(seen[0]!.headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1' });
    expect(seen[0]!.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(seen[1]!.headers).toMatchObject({ 'x-request-id': 'mine', 'x-forwarded-for': '192.0.2.1, 127.0.0.1' });
  });

  test('HTTP/2 without TLS goes on as HTTP/2, trailers included', async () => {
    const server = http2.createServer();
    server.on('stream', (stream) => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '7' }));
      stream.end('h2');
    });
    const proxy = await startProxy(await listening(server));
    const client = http2.connect(proxy.url);
    ending.push(async () => client.destroy());
    const stream = client.request({ ':path': '/' });
    const trailers = once(stream, 'trailers');
    expect(await text(stream)).toBe('h2');
    expect((await trailers)[0]).toMatchObject({ 'grpc-status': '7' });
  });

  test('a WebSocket is a tunnel', async () => {
    const app = await startApp();
    app.server.on('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n');
      socket.write('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n');
      socket.pipe(socket);
    });
    const proxy = await startProxy(app.port);
    const client = connect(proxy.port, '127.0.0.1').setEncoding('utf8');
    ending.push(async () => client.destroy());
    client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n');
    client.write('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
    expect((await once(client, 'data'))[0]).toMatch(/^HTTP\/1\.1 101 /);
    client.write('echo');
    expect((await once(client, 'data'))[0]).toBe('echo');
  });

  test('SIGUSR1: unhealthy at once, new requests through the grace, the one in flight to its end, then it leaves', async () => {
    const app = await startApp();
    const proxy = await startProxy(app.port, ['--haproxy.grace=1s']);
    expect(await proxy.health()).toBe(200);
    const slow = fetch(`${proxy.url}/slow`).then((response) => response.text(), String);
    await once(app.server, 'seen');
    // Again until it is heard: the master loses what reaches it in the moment after the start when it executes itself
    // again.
    let health = 200;
    for (let tries = 0; health === 200 && tries < 10; tries++) {
      proxy.haproxy.process.kill('SIGUSR1');
      const until = performance.now() + 250;
      while (health === 200 && performance.now() < until) health = await proxy.health();
    }
    expect(health).toBe(503);
    expect((await fetch(proxy.url)).status).toBe(200);
    await expect.poll(() => fetch(proxy.url).catch(() => 'closed'), { timeout: 30_000 }).toBe('closed');
    app.release();
    expect(await slow).toBe('slow');
    expect(await proxy.haproxy.exited).toBe(0);
  });

  test('an application that is down is a 503 within a second', async () => {
    const [nobody] = await freePorts(1);
    const proxy = await startProxy(nobody!);
    const started = performance.now();
    expect((await fetch(proxy.url)).status).toBe(503);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test('an upstream gets its own Host; one whose name does not resolve is a 503 and keeps nothing from starting', async () => {
    const app = await startApp();
    const flag = `--haproxy.upstreams=here=http://127.0.0.1:${app.port},gone=http://gone.invalid`;
    await startProxy(app.port, [flag]);
    const [here, gone] = await Promise.all([
      fetch(`http://127.0.0.1:${firstUpstreamPort}/x`),
      fetch(`http://127.0.0.1:${firstUpstreamPort + 1}/x`),
    ]);
    expect([here.status, gone.status]).toEqual([200, 503]);
    expect(seen).toMatchObject([{ url: '/x', headers: { host: `127.0.0.1:${app.port}` } }]);
  });

  test('every line of the access log is a JSON object, whatever the request held', async () => {
    const app = await startApp();
    const proxy = await startProxy(app.port, ['--haproxy.access-log']);
    await fetch(`${proxy.url}/a'b%22?token=secret`, { headers: { 'x-request-id': 'quo"te\\' } });
    await fetch(`${proxy.url}/missing`);
    await expect.poll(() => proxy.haproxy.lines.length, { timeout: 30_000 }).toBe(2);
    const [first, second] = proxy.haproxy.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(first).toMatchObject({
      path: "/a'b%22",
      request_id: 'quo"te\\',
      method: 'GET',
      status: 200,
      backend: 'app',
    });
    expect(second).toMatchObject({ path: '/missing', status: 404, client: '127.0.0.1', proxy: 'inbound' });
  });
});
