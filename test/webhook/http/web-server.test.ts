import { request, type Server } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listen } from '../../../src/net/listen.ts';
import { createWeb, type WebPages } from '../../../src/webhook/http/web-server.ts';

const pages: WebPages = {
  notReady: () => undefined,
  metrics: async () => 'up 1\n',
  metricsType: 'text/plain; version=0.0.4; charset=utf-8',
  landing: () => 'hello\n',
};

async function ask(server: Server, method: string, path: string) {
  const bound = await listen(server, { host: '127.0.0.1', port: 0 });
  if (!bound.ok) throw new Error(bound.problem);
  onTestFinished(() => void server.close());
  return new Promise<object>((resolve, reject) => {
    request({ host: '127.0.0.1', port: bound.value.port, method, path, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      const { 'content-type': type, allow, 'content-length': length } = response.headers;
      response.on('end', () => resolve({ status: response.statusCode, type, allow, length, body }));
    })
      .on('error', reject)
      .end();
  });
}

const text = 'text/plain; charset=utf-8';

describe('the plain port', () => {
  test.each<[string, string, Partial<WebPages>, object]>([
    ['GET', '/healthz', {}, { status: 200, type: text, body: 'ok\n' }],
    ['GET', '/readyz', {}, { status: 200, body: 'ok\n' }],
    ['GET', '/readyz', { notReady: () => 'stopping' }, { status: 503, body: 'stopping\n' }],
    ['GET', '/healthz', { notReady: () => 'stopping' }, { status: 200, body: 'ok\n' }],
    ['GET', '/metrics?x=1', {}, { status: 200, type: pages.metricsType, body: 'up 1\n' }],
    ['HEAD', '/metrics', {}, { status: 200, length: '5', body: '' }],
    ['GET', '/', {}, { status: 200, type: text, body: 'hello\n' }],
    [
      'GET',
      '/metrics',
      { metrics: () => Promise.reject(new Error('why')) },
      { status: 500, body: 'the metrics could not be collected: why\n' },
    ],
    [
      'POST',
      '/metrics',
      {},
      { status: 405, allow: 'GET, HEAD', body: 'POST is not answered here, only GET and HEAD\n' },
    ],
    ['GET', '/mutate', {}, { status: 404, body: 'there is nothing here; there are /, /healthz, /readyz, /metrics\n' }],
  ])('%s %s', async (method, path, overrides, expected) => {
    expect(await ask(createWeb({ ...pages, ...overrides }), method, path)).toMatchObject(expected);
  });
});
