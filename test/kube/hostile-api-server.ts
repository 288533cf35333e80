import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createKube } from '../../src/kube/connection/https.ts';
import type { Kube } from '../../src/kube/kube.ts';
import { emptyMetadataList, expiredContinue } from './recorded-lists.ts';

export type Hostility = (response: ServerResponse, request: IncomingMessage) => void;

const json = (body: string | Buffer, status = 200): Hostility => {
  return (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
  };
};
const list = (items: unknown, metadata: object = { resourceVersion: '1' }) => JSON.stringify({ metadata, items });

/** Answers that no API server should give, and some that a real one does give. */
export const hostilities: Readonly<Record<string, Hostility>> = {
  'a null list': json(JSON.stringify(emptyMetadataList)),
  'a cut body': (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 1000 }).write('{"metadata":{');
    setImmediate(() => response.destroy());
  },
  'cut JSON': json('{"metadata":{"resourceVersion":"1"},"items":[{"metadata":'),
  'nothing at all': () => {},
  'headers and then nothing': (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders();
  },
  'bytes one by one, for ever': (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    const timer = setInterval(() => response.write('['), 1);
    response.on('close', () => clearInterval(timer));
  },
  'fields in another order': json('{"items":[{"metadata":{"name":"a"}}],"metadata":{"resourceVersion":"1"}}'),
  '64 MiB': (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    const chunk = Buffer.alloc(1024 * 1024, ' ');
    const more = (left: number): void => {
      if (left === 0) response.end();
      else response.write(chunk, () => more(left - 1));
    };
    more(64);
  },
  'another kind': json('{"kind":"Status","status":"Success"}'),
  'a 410 without an end': json(JSON.stringify(expiredContinue), 410),
  'a 429': (response) => {
    response.writeHead(429, { 'Retry-After': '0', 'Content-Type': 'application/json' }).end('{}');
  },
  HTML: (response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>login</html>');
  },
  'a page without an end': json(list([], { resourceVersion: '1', continue: 'again' })),
  'bytes that are not UTF-8': json(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])),
  'a million brackets': json('['.repeat(1_000_000)),
  'two million values': json(`[${'1,'.repeat(2_000_000)}1]`),
  'a key twice': json('{"metadata":{"resourceVersion":"1"},"metadata":7,"items":[]}'),
  'a line of 10 MiB': json(`{"type":"ADDED","object":"${'x'.repeat(10 * 1024 * 1024)}"}\n`),
  'numbers for texts': json(list([{ metadata: { name: 5, namespace: [] } }])),
  'labels of numbers': json(list([{ metadata: { name: 'a', labels: { a: 1 }, annotations: 7 } }])),
  'owners that are none': json(list([{ metadata: { name: 'a', ownerReferences: 'x' } }])),
  'no metadata': json(list([{}, null, 7])),
  'fields of other types': json(
    list([{ metadata: { name: 'a', managedFields: 7 }, webhooks: 'x', data: [1], spec: 3, status: null }]),
  ),
  'an empty body': json(''),
  null: json('null'),
};

export interface HostileApiServer {
  /** Of the requests that come from now on. */
  readonly answers: (hostility: Hostility) => void;
  readonly kube: Kube;
  readonly stop: () => Promise<void>;
}

/** @param timeout milliseconds of each request, in place of what the reader asks for */
export async function startHostileApiServer(timeout: number): Promise<HostileApiServer> {
  let answer: Hostility = json('{}');
  const server = createServer((request, response) => {
    request.resume();
    answer(response, request);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kube = createKube({ server: url, access: async () => ({ ok: true, headers: {}, tls: {} }) });
  return {
    answers: (hostility) => {
      answer = hostility;
    },
    kube: { ...kube, request: (request) => kube.request({ ...request, timeout }) },
    stop: async () => {
      kube.close();
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },
  };
}
