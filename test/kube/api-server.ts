import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createKube } from '../../src/kube/connection/https.ts';
import type { Kube, KubeObject } from '../../src/kube/kube.ts';
import { type ApiAnswer, type ApiCall, refused, shownAs } from './api-answer.ts';
import { type CallMatcher, callOf, createCalls, createFakes, type FakedAnswer, isWatch } from './api-calls.ts';
import { type ApiPath, apiPath, objectKey } from './api-path.ts';
import { type ApiStore, createApiStore } from './api-store.ts';
import { answer, named, type Pages } from './api-verbs.ts';
import { type ApiWatch, startWatch } from './api-watch.ts';

/** An API server on loopback that holds what it is given. No schema, no rights, no admission, no defaulting. */
export interface FakeApiServer {
  readonly url: string;
  /** A connection to it, closed by `stop`. */
  readonly kube: () => Kube;
  /** Stores an object, new or not, under the path of one: `/api/v1/namespaces/x/secrets/y`; gives what is stored. */
  readonly put: (path: string, object: object) => KubeObject;
  readonly get: (path: string) => KubeObject | undefined;
  readonly remove: (path: string) => void;
  /** All that was asked, in order, what got a faked answer included. */
  readonly calls: readonly ApiCall[];
  /** Answers so what matches, `times` times (or always); gives back how to end that. */
  readonly fail: (
    matcher: CallMatcher | ((call: ApiCall) => boolean),
    answer: FakedAnswer | ((call: ApiCall) => FakedAnswer),
    times?: number,
  ) => () => void;
  /** Ends every open watch: `cut` (unless told) breaks its connection, `end` is what a watch's timeout does. */
  readonly cutWatches: (how?: 'cut' | 'end') => void;
  /** Tells all watches the version that they are at. */
  readonly bookmark: () => void;
  /** Forgets the history: whoever resumes from before gets 410 and has to list again; open lists too. */
  readonly compact: () => void;
  /** How many watches are open. */
  readonly watches: () => number;
  /** Resolves when that many calls (one, unless told) were made that match, those in `calls` included. */
  readonly called: (matcher: CallMatcher, count?: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startApiServer(): Promise<FakeApiServer> {
  const calls = createCalls();
  const fakes = createFakes();
  const watches = new Set<ApiWatch>();
  const kubes: Kube[] = [];
  const pages: Pages = new Map();
  const store = createApiStore((change) => {
    for (const watch of watches) watch.change(change);
  });

  const server = createServer(async (request, response) => {
    const call = await callOf(request);
    calls.add(call);
    const instead = fakes.take(call);
    if (instead === 'hang') return;
    if (instead === 'silence') response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders();
    else if (instead === 'reset') response.destroy();
    else if (instead !== undefined) send(response, asAnswer(instead));
    else if (isWatch(call)) watch(store, call, response, watches);
    else send(response, answered(store, pages, call));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    calls: calls.all,
    kube: () => {
      const kube = createKube({ server: url, access: async () => ({ ok: true, headers: {}, tls: {} }) });
      kubes.push(kube);
      return kube;
    },
    put: (path, object) => put(store, path, object),
    get: (path) => store.get(one(path).key),
    remove: (path) => void store.remove(one(path).key),
    fail: fakes.add,
    cutWatches: (how = 'cut') => {
      for (const watch of [...watches]) watch.stop(how);
      watches.clear();
    },
    bookmark: () => {
      for (const watch of watches) watch.bookmark();
    },
    compact: store.compact,
    watches: () => watches.size,
    called: (matcher, count = 1) => calls.reached(matcher, count),
    stop: async () => {
      for (const kube of kubes) kube.close();
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },
  };
}

function put(store: ApiStore, text: string, object: Partial<KubeObject>): KubeObject {
  const path = one(text);
  const { resourceVersion: _, ...metadata } = object.metadata ?? { name: '' };
  return store.put(path.key, named({ ...object, metadata }, path.namespace, path.name!));
}

function one(text: string): ApiPath & { readonly key: string } {
  const path = apiPath(text);
  if (path?.name === undefined) throw new Error(`not the path of one object: ${text}`);
  return { ...path, key: objectKey(path, path.namespace, path.name) };
}

function watch(store: ApiStore, call: ApiCall, response: ServerResponse<IncomingMessage>, open: Set<ApiWatch>): void {
  const path = apiPath(call.path);
  if (path === undefined) {
    send(response, notServed);
    return;
  }
  const shown = (object: KubeObject) => shownAs(call.accept, object);
  const closed = (watch: ApiWatch) => open.delete(watch);
  open.add(startWatch(store, { response, path, query: call.query, shown, closed }));
}

const notServed = refused(404, 'the server could not find the requested resource');

function answered(store: ApiStore, pages: Pages, call: ApiCall): ApiAnswer {
  if (call.path === '/version') return { status: 200, body: { major: '1', minor: '35', gitVersion: 'v1.35.4' } };
  if (/^\/(readyz|livez|healthz)$/.test(call.path)) return { status: 200, body: 'ok' };
  const path = apiPath(call.path);
  return path === undefined ? notServed : answer(store, pages, path, call);
}

function asAnswer({ status, message, body, headers }: Exclude<FakedAnswer, string>): ApiAnswer {
  const whole = body === undefined ? refused(status, message ?? `told to answer ${status}`) : { status, body };
  return headers === undefined ? whole : { ...whole, headers };
}

function send(response: ServerResponse, { status, body, headers }: ApiAnswer): void {
  const plain = typeof body === 'string';
  response.writeHead(status, { 'Content-Type': plain ? 'text/plain' : 'application/json', ...headers });
  response.end(plain ? body : JSON.stringify(body));
}
