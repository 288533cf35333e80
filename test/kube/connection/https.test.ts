import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import * as https from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type LookupFunction, type Server } from 'node:net';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Access, createKube, type Endpoint } from '../../../src/kube/connection/https.ts';
import type { Kube } from '../../../src/kube/kube.ts';
import { authority } from '../../webhook/pair.ts';
import { startApiServer } from '../api-server.ts';
import { startTlsServer } from '../tls-server.ts';

const nodes = { method: 'GET', path: '/api/v1/nodes' } as const;
const open: Kube[] = [];
afterEach(() => {
  for (const kube of open.splice(0)) kube.close();
});

function kubeOf(server: string, access: Partial<Access & { ok: true }> = {}, more: Partial<Endpoint> = {}): Kube {
  const kube = createKube({ server, access: async () => ({ ok: true, headers: {}, tls: {}, ...access }), ...more });
  open.push(kube);
  return kube;
}

async function listening(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function answering(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listening(createServer(listener))}`;
}

describe('requests', () => {
  test('carry method, query, body, kind of patch, and what was asked for', async () => {
    const api = await startApiServer();
    onTestFinished(api.stop);
    await api.kube().request({
      method: 'PATCH',
      path: '/api/v1/nodes/a',
      query: { fieldManager: 'me', dryRun: 'All' },
      body: { metadata: { labels: { é: '😀' } } },
      contentType: 'application/merge-patch+json',
      accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    });
    expect(api.calls).toEqual([
      {
        method: 'PATCH',
        path: '/api/v1/nodes/a',
        query: { fieldManager: 'me', dryRun: 'All' },
        body: { metadata: { labels: { é: '😀' } } },
        contentType: 'application/merge-patch+json',
        accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
      },
    ]);
  });

  test('give values with their warnings, text as text', async () => {
    const url = await answering((request, response) => {
      const type = request.url === '/readyz' ? 'text/plain' : 'application/json';
      response.writeHead(200, { 'Content-Type': type, Warning: ['299 - "one"', '299 - "two"'] });
      response.end(request.url === '/readyz' ? 'ok' : '{"a":"€"}');
    });
    expect(await kubeOf(url).request(nodes)).toMatchObject({ ok: true, value: { a: '€' }, warnings: ['one', 'two'] });
    expect(await kubeOf(url).request({ method: 'GET', path: '/readyz' })).toMatchObject({ value: 'ok' });
  });

  test('ask who they are each time, and keep their connection', async () => {
    const server = await startTlsServer();
    onTestFinished(server.stop);
    let count = 0;
    const access = async (): Promise<Access> => {
      count += 1;
      return { ok: true, headers: { Authorization: `Bearer token-${count}` }, tls: { ca: authority.cert } };
    };
    const kube = kubeOf(server.url, {}, { access });
    for (let at = 0; at < 12; at++) expect(await kube.request(nodes)).toMatchObject({ ok: true });
    expect(server.callers.map(({ headers }) => headers.authorization).slice(0, 2)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
    expect(new Set(server.callers.map(({ connection }) => connection)).size).toBe(1);
  });

  test('go below the path of the server', async () => {
    const server = await startTlsServer();
    onTestFinished(server.stop);
    const kube = kubeOf(`${server.url}/k8s/clusters/c-1/`, { tls: { ca: authority.cert } });
    await kube.request({ ...nodes, query: { labelSelector: 'a=b,c' } });
    expect(server.callers[0]?.path).toBe('/k8s/clusters/c-1/api/v1/nodes?labelSelector=a%3Db%2Cc');
  });

  test('fail without credentials', async () => {
    const kube = kubeOf('http://127.0.0.1:1', {}, { access: async () => ({ ok: false, problem: 'no token' }) });
    const problem = { code: 'unauthorized', message: 'GET /api/v1/nodes: no token' };
    expect(await kube.request(nodes)).toEqual({ ok: false, problem });
    expect(await kube.stream(nodes, () => {}).ended).toEqual(problem);
  });
});

describe('where a connection fails is said', () => {
  const messageOf = async (kube: Kube, timeout = 5000) => {
    const result = await kube.request({ ...nodes, timeout });
    return result.ok ? 'ok' : `${result.problem.code} ${result.problem.message}`;
  };

  test('DNS: no such name; no answer', async () => {
    const agentOf = (lookup: LookupFunction) => ({ agent: new https.Agent({ lookup } as https.AgentOptions) });
    const unknown = agentOf((_host, _options, done) => {
      setImmediate(done, Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }), '', 4);
    });
    expect(await messageOf(kubeOf('https://api.example', {}, unknown))).toBe(
      'unreachable GET /api/v1/nodes: DNS: the name of https://api.example does not resolve (ENOTFOUND)',
    );
    const silent = agentOf(() => {});
    expect(await messageOf(kubeOf('https://api.example', {}, silent), 50)).toMatch(/: DNS: timeout after 0\.05 s/);
  });

  test('TCP: nobody listens', async () => {
    const server = createTcpServer();
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await messageOf(kubeOf(`https://127.0.0.1:${port}`))).toMatch(
      /^unreachable GET .*: TCP: https:.* is not reachable \(ECONNREFUSED\)$/,
    );
  });

  test('TLS: an authority that is not trusted; a name that is not in the certificate', async () => {
    const server = await startTlsServer();
    onTestFinished(server.stop);
    expect(await messageOf(kubeOf(server.url))).toMatch(/: TLS: no trusted connection .*certificate/);
    const tls = { ca: authority.cert, servername: 'other.example' };
    expect(await messageOf(kubeOf(server.url, { tls }))).toMatch(/: TLS: .*other\.example/);
    expect(await messageOf(kubeOf(server.url, { tls: { rejectUnauthorized: false } }))).toBe('ok');
    expect(await messageOf(kubeOf(server.url, { tls: { ca: authority.cert, servername: 'localhost' } }))).toBe('ok');
    expect(server.callers.at(-1)?.servername).toBe('localhost');
  });

  test('TLS: what listens does not speak it, or not at all', async () => {
    const plain = await answering((_, response) => response.end('{}'));
    expect(await messageOf(kubeOf(plain.replace('http:', 'https:')))).toMatch(/^unreachable .*: TLS: /);
    const silent = await listening(createTcpServer(() => {}));
    expect(await messageOf(kubeOf(`https://127.0.0.1:${silent}`), 50)).toMatch(
      /: TLS: timeout after 0\.05 s in the ha/,
    );
  });

  test('HTTP: an answer that does not come, breaks off, is none', async () => {
    const url = await answering((request, response) => {
      if (request.url === '/break')
        response.writeHead(200, { 'Content-Length': '10' }).write('{', () => response.destroy());
      else if (request.url === '/html') response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>');
    });
    const said = async (path: string, timeout: number) => {
      const result = await kubeOf(url).request({ method: 'GET', path, timeout });
      return result.ok ? 'ok' : `${result.problem.code} ${result.problem.message}`;
    };
    expect(await said('/hang', 50)).toMatch(/^unreachable GET \/hang: HTTP: timeout after 0\.05 s/);
    expect(await said('/break', 5000)).toMatch(/^unreachable GET \/break: HTTP: .* gave no whole answer/);
    expect(await said('/html', 5000)).toMatch(/^server GET \/html: 200: the answer is neither JSON nor plain text/);
  });

  test('closed: what is under way ends, what comes is refused', async () => {
    const url = await answering(() => {});
    const kube = kubeOf(url);
    const asked = kube.request(nodes);
    const stream = kube.stream(nodes, () => {});
    setImmediate(() => setImmediate(kube.close));
    expect(await asked).toMatchObject({ ok: false, problem: { code: 'unreachable' } });
    expect(await stream.ended).toMatchObject({ code: 'unreachable' });
    expect(await stream.opened).toBe(false);
    expect(await kube.request(nodes)).toMatchObject({ problem: { message: expect.stringContaining('is closed') } });
  });
});

describe('streams', () => {
  const streamOf = async (listener: RequestListener) => {
    const lines: unknown[] = [];
    const stream = kubeOf(await answering(listener)).stream(nodes, (line) => lines.push(line));
    return { ...stream, lines };
  };

  test('give lines as they come, and end in order', async () => {
    const { lines, ended, opened } = await streamOf(async (_, response) => {
      response.writeHead(200).flushHeaders();
      for (const byte of Buffer.from('{"a":"é😀"}\n{"b":2}\n')) {
        await new Promise((resolve) => response.write(Buffer.of(byte), resolve));
      }
      response.end();
    });
    expect(await opened).toBe(true);
    expect(await ended).toBeUndefined();
    expect(lines).toEqual([{ a: 'é😀' }, { b: 2 }]);
  });

  test.each([
    [
      'broken off',
      'unreachable',
      (response: Parameters<RequestListener>[1]) => response.write('1\n', () => response.destroy()),
    ],
    ['ended within a line', 'server', (response: Parameters<RequestListener>[1]) => response.end('1\n{"a"')],
    ['not JSON', 'server', (response: Parameters<RequestListener>[1]) => response.end('1\n<html>\n')],
  ])('%s', async (_, code, answer) => {
    const { lines, ended } = await streamOf((_request, response) => void answer(response));
    expect(await ended).toMatchObject({ code });
    expect(lines).toEqual([1]);
  });

  test('a refusal is told as one', async () => {
    const { ended, opened } = await streamOf((_, response) => {
      response.writeHead(403, { 'Content-Type': 'application/json' }).end('{"kind":"Status","message":"no"}');
    });
    expect(await ended).toEqual({ code: 'forbidden', status: 403, message: 'GET /api/v1/nodes: 403: no' });
    expect(await opened).toBe(false);
  });

  test('stopped: nothing more is told, and the connection ends', async () => {
    const gone = Promise.withResolvers<void>();
    const { lines, ended, opened, stop } = await streamOf((_, response) => {
      response.writeHead(200).flushHeaders();
      const timer = setInterval(() => response.write('1\n'), 1);
      response.once('close', () => {
        clearInterval(timer);
        gone.resolve();
      });
    });
    await opened;
    stop();
    const told = lines.length;
    expect(await ended).toBeUndefined();
    await gone.promise;
    expect(lines).toHaveLength(told);
  });
});
