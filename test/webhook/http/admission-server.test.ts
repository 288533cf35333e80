import { Agent } from 'node:https';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { createInflight } from '../../../src/net/inflight.ts';
import { createAdmissionServer } from '../../../src/webhook/http/admission-server.ts';
import { statusBody } from '../../../src/webhook/protocol/request-problem.ts';
import { createClients } from '../../../src/webhook/tls/clients.ts';
import { secureContext } from '../../../src/webhook/tls/secure-context.ts';
import { authority, servingPair } from '../pair.ts';
import { review } from '../reviews.ts';
import { running } from '../running.ts';

const json = { 'content-type': 'application/json' };
const routes = 'POST /mutate and POST /lint';

describe('every bad request has its own answer, never a bare 500', () => {
  test.each<
    [
      string,
      { path?: string; method?: string; headers?: Record<string, string>; body?: string | Buffer },
      Parameters<typeof statusBody>[0] & { status: number },
    ]
  >([
    [
      'truncated JSON',
      { body: JSON.stringify(review('003')).slice(0, 80) },
      {
        status: 400,
        code: 'not_json',
        message: 'the body is not JSON: Unterminated string in JSON at position 80 (line 1 column 81)',
      },
    ],
    [
      'no body',
      { body: '' },
      { status: 400, code: 'not_json', message: 'the body is not JSON: Unexpected end of JSON input' },
    ],
    [
      'another content type',
      { headers: { 'content-type': 'application/yaml' }, body: 'kind: AdmissionReview' },
      {
        status: 415,
        code: 'wrong_content_type',
        message: 'the Content-Type is "application/yaml"; a review is application/json',
      },
    ],
    [
      'a content type that is none',
      { headers: { 'content-type': '?' }, body: '{}' },
      { status: 415, code: 'wrong_content_type', message: 'the Content-Type is "?"; a review is application/json' },
    ],
    [
      'no content type',
      { headers: {}, body: '{}' },
      { status: 415, code: 'wrong_content_type', message: 'the Content-Type is missing; a review is application/json' },
    ],
    [
      'neither content type nor body',
      { headers: {} },
      { status: 415, code: 'wrong_content_type', message: 'the Content-Type is missing; a review is application/json' },
    ],
    [
      'a body over the limit',
      { body: Buffer.alloc(9 * 2 ** 20, ' ') },
      { status: 413, code: 'too_large', message: 'the body is larger than 8388608 bytes (--body-limit)' },
    ],
    [
      'a body over the limit that does not say so',
      { headers: { ...json, 'transfer-encoding': 'chunked' }, body: Buffer.alloc(9 * 2 ** 20, ' ') },
      {
        status: 413,
        code: 'too_large',
        message: 'the review is larger than --review-limit, and its uid does not stand at its beginning',
      },
    ],
    [
      'a review without a request',
      { body: '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}' },
      { status: 400, code: 'no_request', message: 'the AdmissionReview has no request' },
    ],
    [
      'an unknown version',
      { body: '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v2","request":{"uid":"1"}}' },
      {
        status: 400,
        code: 'unknown_version',
        message:
          'the apiVersion of the review is "admission.k8s.io/v2"; this webhook speaks admission.k8s.io/v1 and admission.k8s.io/v1beta1',
      },
    ],
    [
      'no uid',
      { body: '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{}}' },
      {
        status: 400,
        code: 'no_uid',
        message: 'the request of the AdmissionReview has no uid: it could not be answered',
      },
    ],
    [
      'GET',
      { method: 'GET', headers: {} },
      { status: 405, code: 'method_not_allowed', message: `GET is not answered here: ${routes}` },
    ],
    [
      'PUT with a body',
      { method: 'PUT', path: '/lint?timeout=10s', body: '{}' },
      { status: 405, code: 'method_not_allowed', message: `PUT is not answered here: ${routes}` },
    ],
    [
      'another path',
      { path: '/inject', body: '{}' },
      { status: 404, code: 'not_found', message: `there is nothing here: ${routes}` },
    ],
    [
      'no path',
      { path: '/', method: 'GET', headers: {} },
      { status: 404, code: 'not_found', message: `there is nothing here: ${routes}` },
    ],
    [
      'a path that cannot be decoded',
      { path: '/%ff', body: '{}' },
      { status: 404, code: 'not_found', message: `there is nothing here: ${routes}` },
    ],
  ])('%s', async (_name, { path = '/mutate', method = 'POST', headers = json, body }, { status, ...problem }) => {
    const { send, log, page } = await running();
    const answer = await send(path, body, { method, headers });
    expect(answer).toMatchObject({ status, body: statusBody(problem) });
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.headers.allow).toBe(status === 405 ? 'POST' : undefined);
    expect(await log.until('request refused')).toMatchObject({
      level: 'warn',
      code: problem.code,
      problem: problem.message,
    });
    expect((await page('/metrics')).body).toContain(
      `metrics_sidecar_webhook_refused_requests_total{code="${problem.code}"} 1\n`,
    );
  });

  test('what is no HTTP at all', async () => {
    const { webhook } = await running();
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connectTls({ host: '127.0.0.1', port: webhook.tlsAddress.port, ca: authority.cert }, () => {
        socket.write('how do you do\r\n\r\n');
      });
      let text = '';
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      socket.on('end', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toBe(
      'HTTP/1.1 400 BadRequest\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 142\r\n\r\n' +
        statusBody({ code: 'not_http', message: 'the request is not HTTP/1.1' }),
    );
  });
});

test('a query of the API server and a charset of the content type do not matter', async () => {
  const { send } = await running();
  const { status } = await send('/mutate?timeout=10s', JSON.stringify(review('003')), {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
  });
  expect(status).toBe(200);
});

test('the connection is kept, for longer than the 90 s of the API server (trap 1)', async () => {
  const { post, agent, settings } = await running();
  const first = await post('/mutate', review('003'));
  expect(first.headers).toMatchObject({ connection: 'keep-alive', 'keep-alive': 'timeout=120' });
  await post('/mutate', review('003'));
  expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
  expect(settings.keepAlive).toBeGreaterThan(90_000);
});

test("limits of the server are the flags' own", async () => {
  const { cert, key } = await servingPair();
  const server = await createAdmissionServer(
    {
      certificate: { cert: Buffer.from(cert), key: Buffer.from(key) },
      ...{ bodyLimit: 1024, reviewLimit: 1024, keepAlive: 120_000, inflight: createInflight(1024) },
      clients: createClients(undefined, { clientAllowedNames: [] }, Date.now),
    },
    { admit: () => ({ ok: true, value: '' }), refused() {}, failed() {}, stopping: () => false },
  );
  expect(server.keepAliveTimeout).toBe(120_000);
  expect(server.requestTimeout).toBe(30_000);
  expect(server.headersTimeout).toBe(10_000);
});

describe('TLS', () => {
  const handshake = (port: number, options: object) =>
    new Promise<{ protocol: string | null; alpn: string | false | null }>((resolve, reject) => {
      const socket = connectTls({ host: '127.0.0.1', port, ca: authority.cert, ...options }, () => {
        resolve({ protocol: socket.getProtocol(), alpn: socket.alpnProtocol });
        socket.destroy();
      });
      socket.on('error', reject);
    });

  test('1.3 and 1.2 are spoken, 1.1 is not; HTTP/1.1 even where HTTP/2 is offered', async () => {
    const { webhook } = await running();
    const { port } = webhook.tlsAddress;
    expect(secureContext({ certificate: undefined, clientCa: undefined })).toEqual({ minVersion: 'TLSv1.2' });
    expect(await handshake(port, { ALPNProtocols: ['h2', 'http/1.1'] })).toEqual({
      protocol: 'TLSv1.3',
      alpn: 'http/1.1',
    });
    expect(await handshake(port, { maxVersion: 'TLSv1.2' })).toMatchObject({ protocol: 'TLSv1.2' });
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(handshake(port, old)).rejects.toThrow(/alert protocol version|wrong version/i);
  });

  test('a handshake that fails is counted, and told in the log once in a while', async () => {
    const { webhook, log, page } = await running({}, { now: () => 1_000_000 });
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    for (const level of ['warn', 'debug']) {
      await expect(handshake(webhook.tlsAddress.port, old)).rejects.toThrow();
      expect(await log.until('TLS handshake failed')).toMatchObject({
        level,
        code: 'ERR_SSL_UNSUPPORTED_PROTOCOL',
        remoteAddress: '127.0.0.1',
      });
    }
    expect((await page('/metrics')).body).toContain('metrics_sidecar_webhook_tls_handshake_errors_total 2\n');
  });

  test('plain HTTP on the TLS port is closed', async () => {
    const { webhook, log } = await running();
    const socket = connect({ host: '127.0.0.1', port: webhook.tlsAddress.port });
    socket.end('GET / HTTP/1.1\r\n\r\n');
    socket.on('error', () => {});
    expect(await log.until('TLS handshake failed')).toMatchObject({ level: 'warn', code: 'ERR_SSL_HTTP_REQUEST' });
  });
});

test('a body that breaks off costs its connection and nothing else', async () => {
  const { options, post } = await running();
  const socket = connectTls({ host: '127.0.0.1', port: options.port, ca: authority.cert });
  socket.write(
    'POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"kind"',
  );
  await new Promise((resolve) => socket.once('secureConnect', resolve));
  socket.destroy();
  expect((await post('/mutate', review('003'))).status).toBe(200);
});

test('an exception on the way of a request: a Status, and a line in the log', async () => {
  const { log, send } = await running(
    {},
    {
      clock: () => {
        throw new Error('no clock');
      },
    },
  );
  const answer = await send('/mutate', '{}', { method: 'POST', headers: json, agent: new Agent() });
  expect(answer).toMatchObject({
    status: 500,
    body: statusBody({ code: 'internal', message: 'internal error; the log of the webhook has more' }),
  });
  expect(await log.until('internal error')).toMatchObject({ level: 'error', err: { message: 'no clock' } });
});
