import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { createStore } from '../../src/exposition/store.ts';
import { type IngestServer, startIngestServer } from '../../src/ingest/ingest-server.ts';
import { createIngest } from '../../src/ingest/push.ts';
import { createPushRecorder } from '../../src/ingest/push-recorder.ts';
import { type Running, startRunning, storeLimits } from './running.ts';

const json = { 'content-type': 'application/json' };
const jobs = (value: unknown) => JSON.stringify([{ name: 'jobs_total', type: 'counter', values: [{ value }] }]);

const running: Running[] = [];
async function start(settings?: Parameters<typeof startRunning>[0]): Promise<Running> {
  // Not the first sidecar of this machine: what clients without a start push would only be watched.
  const started = await startRunning({ coldStart: 0, ...settings });
  running.push(started);
  return started;
}
afterEach(async () => {
  await Promise.all(running.splice(0).map(({ runtime }) => runtime.stop()));
});

async function sampleOf({ send }: Running, sample: string): Promise<string | undefined> {
  const { body } = await send('GET', '/metrics');
  return body
    .split('\n')
    .find((line) => line.startsWith(`${sample} `))
    ?.slice(sample.length + 1);
}

describe('routes', () => {
  test('take a push as monasca-sidecar does and show it on /metrics of the same port', async () => {
    const ingest = await start();
    for (const path of ['/v1/ingest', '/ingest', '/ingest?api_version=1', '/v1/ingest/']) {
      const answer = await ingest.send('POST', path, jobs(4), json);
      expect([answer.status, answer.body]).toEqual([200, 'true']);
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    }
    expect(await sampleOf(ingest, 'jobs_total')).toBe('4');
    expect((await ingest.send('POST', '/v1/clear')).body).toBe('true');
    expect(await sampleOf(ingest, 'jobs_total')).toBeUndefined();
  });

  test('answer health checks, and not ready once draining', async () => {
    const { send, runtime } = await start();
    expect((await send('GET', '/-/healthy')).status).toBe(200);
    expect((await send('GET', '/-/ready')).status).toBe(200);
    await runtime.drain?.();
    await expect(send('GET', '/-/ready')).rejects.toThrow('ECONNREFUSED');
  });

  test('say what there is where there is nothing', async () => {
    const { send } = await start();
    for (const [method, path] of [
      ['PUT', '/metrics/job/some/instance/a'],
      ['POST', '/v2/ingest'],
      ['GET', '//'],
    ] as const) {
      const answer = await send(method, path, 'a 1\n');
      expect(answer.status).toBe(404);
      expect(answer.body).toMatch(/^Not found\. Routes: POST \/v1\/ingest.*\n$/);
    }
    const wrong = await send('GET', '/v1/ingest');
    expect([wrong.status, wrong.headers['allow']]).toEqual([405, 'POST']);
    const options = await send('OPTIONS', '/v1/ingest', undefined, { origin: 'http://localhost' });
    expect([options.status, options.headers['access-control-allow-origin']]).toEqual([405, undefined]);
    expect((await send('POST', '/metrics', 'a 1\n')).headers['allow']).toBe('GET, HEAD');
  });
});

describe('bodies', () => {
  test('are taken in the types and encodings that clients send', async () => {
    const ingest = await start();
    const types = ['application/json', 'application/json; charset=UTF-8', 'application/x-www-form-urlencoded', ''];
    for (const type of types) {
      const headers: Record<string, string> = type === '' ? {} : { 'content-type': type };
      expect((await ingest.send('POST', '/v1/ingest', jobs(1), headers)).status).toBe(200);
    }
    const encoded = { gzip: gzipSync(jobs(2)), deflate: deflateSync(jobs(3)), zstd: zstdCompressSync(jobs(4)) };
    for (const [encoding, body] of Object.entries(encoded)) {
      const answer = await ingest.send('POST', '/v1/ingest', body, { ...json, 'content-encoding': encoding });
      expect(answer.status).toBe(200);
    }
    expect(await sampleOf(ingest, 'jobs_total')).toBe('4');
    expect((await ingest.send('POST', '/v1/ingest', `\ufeff${jobs(5)}`)).status).toBe(200);
  });

  test('are taken in chunks without a type, as prom-client sends them', async () => {
    const ingest = await start();
    const socket = connect(ingest.port, '127.0.0.1');
    const body = jobs(6);
    const chunk = (part: string) => `${part.length.toString(16)}\r\n${part}\r\n`;
    socket.write('POST /v1/ingest HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n');
    socket.write(chunk(body.slice(0, 10)) + chunk(body.slice(10)));
    socket.write('0\r\n\r\n');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 200 .*true$/s);
    socket.destroy();
  });

  test.each([
    ['text', { 'content-type': 'text/plain' }, jobs(1), 415, 'unsupported_media_type'],
    ['another charset', { 'content-type': 'application/json; charset=latin1' }, jobs(1), 415, 'unsupported_media_type'],
    ['an unknown encoding', { 'content-encoding': 'br' }, jobs(1), 415, 'unsupported_encoding'],
    ['an encoding upon another', { 'content-encoding': 'gzip, gzip' }, jobs(1), 415, 'unsupported_encoding'],
    ['no gzip', { 'content-encoding': 'gzip' }, jobs(1), 400, 'bad_encoding'],
    ['torn gzip', { 'content-encoding': 'gzip' }, gzipSync(jobs(1)).subarray(0, 20), 400, 'bad_encoding'],
    ['a bomb', { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(1e5)), 413, 'decompressed_too_large'],
    ['too much', {}, 'x'.repeat(1001), 413, 'body_too_large'],
    ['too much in chunks', { 'transfer-encoding': 'chunked' }, 'x'.repeat(1001), 413, 'body_too_large'],
    ['nothing', {}, '', 400, 'malformed'],
    ['half of JSON', {}, jobs(1).slice(0, 20), 400, 'malformed'],
    ['bytes that are no UTF-8', {}, Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]), 400, 'malformed'],
    ['an object', {}, '{}', 400, 'invalid_payload'],
    ['a bad client', { 'x-ingest-client': 'a b' }, jobs(1), 400, 'bad_client'],
    ['a bad start', { 'x-ingest-start': 'now' }, jobs(1), 400, 'bad_client'],
  ])('that are %s are refused', async (_, headers, body, status, code) => {
    const ingest = await start({ bodyLimit: 1000 });
    const answer = await ingest.send('POST', '/v1/ingest', body, headers as Record<string, string>);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(JSON.parse(answer.body)).toMatchObject({ type: 'about:blank', status, code, applied: 0 });
    const reason = `ingest_pushes_total{outcome="rejected",reason="${code}",route="/v1/ingest"}`;
    expect(await sampleOf(ingest, reason)).toBe('1');
    expect(await sampleOf(ingest, 'jobs_total')).toBeUndefined();
  });

  test('give their memory back, taken or refused', async () => {
    const { send } = await start({ bodyLimit: 100 });
    const answers = { [jobs(1)]: 200, ['x'.repeat(90)]: 400, ['x'.repeat(101)]: 413 };
    for (let i = 0; i < 10; i++) {
      for (const [body, status] of Object.entries(answers)) {
        const headers = { 'transfer-encoding': 'chunked' };
        expect((await send('POST', '/v1/ingest', body, headers)).status).toBe(status);
      }
    }
  });

  test('that are wrong are answered with every problem, where it is, up to twenty', async () => {
    const { send } = await start();
    const answer = await send('POST', '/v1/ingest', '[{"name":"a-b","type":"gauge","values":[{"value":null}]}]');
    expect(JSON.parse(answer.body)).toEqual({
      type: 'about:blank',
      title: 'Invalid payload',
      status: 400,
      code: 'invalid_payload',
      detail: '2 problems; nothing was stored',
      applied: 0,
      errors: [
        {
          pointer: '/0/name',
          code: 'bad_name',
          detail: '"a-b" is not a metric name ([a-zA-Z_:][a-zA-Z0-9_:]*, at most 256 characters)',
        },
        {
          pointer: '/0/values/0/value',
          code: 'bad_value',
          detail: 'value must be a number, "NaN", "+Inf" or "-Inf", not null',
        },
      ],
      truncated: false,
    });
    const many = JSON.parse((await send('POST', '/v1/ingest', JSON.stringify(Array(50).fill(1)))).body);
    expect([many.errors.length, many.truncated, many.detail]).toEqual([20, true, '50 problems; nothing was stored']);
    const text = await send('POST', '/v1/ingest', '[1]', { accept: 'text/plain' });
    expect(text.body).toBe(
      'Invalid payload: 1 problem; nothing was stored\n/0: a family must be an object, not a number\n',
    );
  });

  test('for which there is no room are answered 422', async () => {
    const { send } = await start({ clientLimit: 1, valueLimit: 10 });
    expect((await send('POST', '/v1/ingest', jobs(1), { 'x-ingest-client': 'a' })).status).toBe(200);
    const client = await send('POST', '/v1/ingest', jobs(1), { 'x-ingest-client': 'b' });
    expect([client.status, JSON.parse(client.body).code]).toEqual([422, 'limit_exceeded']);
    const rows = Array.from({ length: 20 }, (_, i) => ({ labels: { i: String(i) }, value: 1 }));
    const values = JSON.stringify([{ name: 'g', type: 'gauge', values: rows }]);
    const value = await send('POST', '/v1/ingest', values, { 'x-ingest-client': 'a' });
    expect([value.status, JSON.parse(value.body).errors[0].pointer]).toEqual([422, '']);
  });
});

describe('who may push', () => {
  test('is nobody from a web page of elsewhere', async () => {
    const { send } = await start();
    for (const origin of ['http://example.com', 'null', 'http://127.0.0.1.example.com', 'http://localhost@evil']) {
      for (const path of ['/v1/ingest', '/v1/clear']) {
        const answer = await send('POST', path, jobs(1), { origin });
        expect([answer.status, JSON.parse(answer.body).code]).toEqual([403, 'foreign_origin']);
      }
    }
    for (const origin of ['http://localhost:3000', 'https://127.0.0.1', 'http://[::1]:80']) {
      expect((await send('POST', '/v1/ingest', jobs(1), { origin })).status).toBe(200);
    }
  });
});

describe('slow and broken clients', () => {
  async function startServer(
    request: number,
  ): Promise<{ server: IngestServer; outcomes: ReadonlyMap<string, number> }> {
    const store = createStore({ limits: storeLimits, now: Date.now });
    const recorder = createPushRecorder(store);
    const ingest = createIngest({ store, limits: { ttl: 60_000, clients: 10, values: 100 }, startedAt: Date.now() });
    const silent = { debug() {}, info() {}, warn() {}, error() {} };
    const server = await startIngestServer({
      ...{ address: { host: '127.0.0.1', port: 0 }, allowRemote: false, bodyLimit: 1000, pushLimit: 100 },
      ...{
        timeouts: { headers: request, request, drain: 100, check: 20 },
        ingest,
        recorder,
        page: () => {},
        log: silent,
        now: Date.now,
      },
    });
    if (!server.ok) throw new Error(server.problem);
    return { server, outcomes: recorder.outcomes };
  }

  const open = (socket: Socket, length: number) =>
    socket.write(`POST /v1/ingest HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n[`);

  test('are timed out with 408', async () => {
    const { server, outcomes } = await startServer(100);
    const socket = connect(server.port, '127.0.0.1');
    open(socket, 100);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 408 /);
    await once(socket, 'close');
    await server.close();
    expect([...outcomes]).toEqual([['incomplete', 1]]);
  });

  test('do not hold up the drain', async () => {
    const { server, outcomes } = await startServer(60_000);
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => {});
    open(socket, 100);
    const other = connect(server.port, '127.0.0.1');
    other.end(`POST /v1/ingest HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${jobs(1).length}\r\n\r\n${jobs(1)}`);
    await once(other, 'data');
    await server.drain();
    expect(outcomes.get('')).toBe(1);
  });

  test('may finish what they began before the drain', async () => {
    const { server, outcomes } = await startServer(60_000);
    const socket = connect(server.port, '127.0.0.1');
    const body = jobs(1);
    open(socket, body.length);
    // A second connection that is answered shows that the first has arrived.
    const other = connect(server.port, '127.0.0.1');
    other.end('GET /-/healthy HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    await once(other, 'data');
    const drained = server.drain();
    socket.write(body.slice(1));
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 200 .*true$/s);
    await drained;
    expect([...outcomes]).toEqual([['', 1]]);
  });

  test('leave nothing behind when they go in the middle', async () => {
    const { server, outcomes } = await startServer(60_000);
    const socket = connect(server.port, '127.0.0.1').resume();
    open(socket, 100);
    socket.end();
    await once(socket, 'close');
    await server.drain();
    expect([...outcomes]).toEqual([['incomplete', 1]]);
  });

  test('cannot make all bodies under way take more memory than a few', async () => {
    const { server } = await startServer(60_000);
    const sockets = Array.from({ length: 5 }, () => connect(server.port, '127.0.0.1'));
    const answers: string[] = [];
    const refused = new Promise<void>((resolve) => {
      for (const socket of sockets) {
        socket.on('error', () => {});
        socket.on('data', (data) => {
          answers.push(String(data));
          resolve();
        });
      }
    });
    for (const socket of sockets) {
      open(socket, 1000);
      socket.write('x'.repeat(900));
    }
    await refused;
    expect(answers[0]).toMatch(/^HTTP\/1\.1 429 .*retry-after: 1/is);
    for (const socket of sockets) socket.destroy();
    await server.close();
  });
});

describe('starting', () => {
  test('says that an address is in use', async () => {
    const { port } = await start();
    await expect(startRunning({ listenAddress: { host: '127.0.0.1', port } })).rejects.toThrow(
      `cannot listen on 127.0.0.1:${port}: the address is in use`,
    );
  });

  test('may be stopped twice', async () => {
    const { runtime } = await start();
    await Promise.all([runtime.stop(), runtime.stop()]);
    await runtime.stop();
  });
});
