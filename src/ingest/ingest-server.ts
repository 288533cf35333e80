import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Address } from '../flags/codecs.ts';
import type { MakeRoom } from '../memory/make-room.ts';
import { createConcurrencyLimit } from '../net/concurrency-limit.ts';
import type { ConnectionGuard } from '../net/connections.ts';
import { createInflight } from '../net/inflight.ts';
import { listen } from '../net/listen.ts';
import type { Failure } from '../result/result.ts';
import type { Logger } from '../runtime/logger.ts';
import type { ScrapeHandler } from '../runtime/runtime.ts';
import { type BodyBudget, type BodyProblem, readBody } from './http/body.ts';
import { acceptedEncodings } from './http/decompress.ts';
import { writeProblem } from './http/push-access.ts';
import { answerRefusal, answerText, answerTrue, type PushRefusal } from './http/push-answer.ts';
import { excessOf } from './json/json-excess.ts';
import { parseJson } from './json/monasca.ts';
import type { Identity, Ingest } from './push.ts';
import type { PushRecorder } from './push-recorder.ts';

export interface IngestServerOptions {
  readonly address: Address;
  readonly allowRemote: boolean;
  /** Bytes, before and after decompression. */
  readonly bodyLimit: number;
  /** Lists, objects and members in one push. */
  readonly pushLimit: number;
  /** How long headers, whole requests and draining may take, and how often that is checked, in ms. */
  readonly timeouts: {
    readonly headers: number;
    readonly request: number;
    readonly drain: number;
    readonly check: number;
  };
  /** Bounds the connections of all servers of the process. */
  readonly connections?: ConnectionGuard;
  readonly ingest: Ingest;
  readonly recorder: PushRecorder;
  readonly page: ScrapeHandler;
  /** Called before a large body is parsed, which makes much garbage. */
  readonly makeRoom?: MakeRoom | undefined;
  readonly log: Logger;
  /** ms since the epoch */
  readonly now: () => number;
}

export interface IngestServer {
  readonly ok: true;
  readonly port: number;
  /** Takes no new connection, answers what is under way, then closes. */
  drain(): Promise<void>;
  /** Closes every connection. May be called twice. */
  close(): Promise<void>;
}

/** The options of the server and its state. */
interface ServerState extends IngestServerOptions {
  readonly room: BodyBudget;
  draining: boolean;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

const readMethods = ['GET', 'HEAD'];
const writeMethods = ['POST'];
const hint =
  'Not found. Routes: POST /v1/ingest (JSON), POST /v1/clear, GET /metrics, GET /-/healthy, GET /-/ready. Pushgateway routes (/metrics/job/...) are not served.';

/** Longer than clients keep an idle connection, so that no push meets a connection that is being closed. */
const keepAliveMs = 65_000;
/** Full bodies that may be under way at once. */
const bodiesInflight = 4;
/** Bodies that are decompressed at a time: each may have a few bytes and become the whole limit. */
const decompressedAtOnce = 2;

/** Bytes. Smaller bodies become garbage of the young generation, which is collected often. */
const largeBody = 32 * 1024;

/** Starts the server that takes pushes. */
export async function startIngestServer(options: IngestServerOptions): Promise<IngestServer | Failure> {
  const { address, timeouts, bodyLimit, log } = options;
  const room = {
    inflight: createInflight(bodyLimit * bodiesInflight),
    decompressing: createConcurrencyLimit(decompressedAtOnce),
  };
  const state: ServerState = { ...options, room, draining: false };
  const routes = routesOf(state);
  const server = createServer(
    {
      headersTimeout: timeouts.headers,
      requestTimeout: timeouts.request,
      connectionsCheckingInterval: timeouts.check,
      keepAliveTimeout: keepAliveMs,
    },
    (request, response) => dispatch(routes, state, request, response),
  );
  options.connections?.watch(server);
  const listening = await listen(server, address);
  if (!listening.ok) return listening;
  server.on('error', (error) => log.error('ingest server failed', { error: error.message }));
  return {
    ok: true,
    port: listening.value.port,
    drain() {
      state.draining = true;
      // A closed server no longer checks its timeouts, so a client that is stuck would hold it open.
      const timer = setTimeout(() => server.closeAllConnections(), timeouts.drain);
      return closed(server, () => server.closeIdleConnections()).finally(() => clearTimeout(timer));
    },
    close: () => closed(server, () => server.closeAllConnections()),
  };
}

function closed(server: Server, hurry: () => void): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    hurry();
  });
}

type Routes = ReadonlyMap<string, Readonly<Record<string, Handler>>>;

function routesOf(state: ServerState): Routes {
  const on = (methods: readonly string[], handler: Handler) =>
    Object.fromEntries(methods.map((method) => [method, handler]));
  const ingest = on(writeMethods, (request, response) => handlePush(state, request, response));
  const page = on(readMethods, (request, response) => state.page(request, response));
  const healthy = on(readMethods, (_, response) => answerText(response, 200, 'OK'));
  const ready = on(readMethods, (_, response) =>
    state.draining ? answerText(response, 503, 'draining') : answerText(response, 200, 'OK'),
  );
  return new Map([
    ['/v1/ingest', ingest],
    ['/ingest', ingest],
    ['/v1/clear', on(writeMethods, (request, response) => handleClear(state, request, response))],
    ['/metrics', page],
    ['/v1/metrics', page],
    ['/-/healthy', healthy],
    ['/healthz', healthy],
    ['/-/ready', ready],
  ]);
}

function dispatch(routes: Routes, state: ServerState, request: IncomingMessage, response: ServerResponse): void {
  const { log, draining } = state;
  response.on('error', (error) => log.debug('answer failed', { error: error.message }));
  request.on('error', (error) => log.debug('request failed', { error: error.message }));
  if (draining) response.setHeader('connection', 'close');
  const [path = ''] = (request.url ?? '').split('?', 1);
  const methods = routes.get(path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path);
  if (methods === undefined) {
    answerText(response, 404, hint);
    return;
  }
  const handler = Object.hasOwn(methods, request.method ?? '') ? methods[request.method ?? ''] : undefined;
  if (handler === undefined) {
    const allow = Object.keys(methods).join(', ');
    answerText(response, 405, `Method not allowed here; allowed: ${allow}`, { allow });
    return;
  }
  Promise.resolve(handler(request, response)).catch((error: unknown) => {
    log.error('request handler failed', { path, error: error instanceof Error ? error.stack : String(error) });
    const detail = 'an error of the sidecar; its log says more';
    answerRefusal(request, response, { status: 500, code: 'internal', title: 'Internal error', detail });
  });
}

async function handlePush(state: ServerState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { recorder, ingest, room, bodyLimit, pushLimit, now } = state;
  const route = '/v1/ingest';
  const refuse = (refusal: PushRefusal) => {
    recorder.pushed(route, refusal.code);
    answerRefusal(request, response, refusal);
  };
  const forbidden = writeProblem(request.socket.remoteAddress, request.headers, state.allowRemote);
  if (forbidden !== undefined) return refuse({ status: 403, title: 'Not allowed', ...forbidden });
  const identity = identityOf(request);
  if ('code' in identity) return refuse(identity);
  const body = await readBody(request, bodyLimit, room);
  if (!body.ok) {
    if (body.status === 0) recorder.pushed(route, 'incomplete');
    else refuse(bodyRefusal(body));
    return;
  }
  const begun = process.hrtime.bigint();
  if (body.text.length >= largeBody) state.makeRoom?.();
  const excess = excessOf(body.text, pushLimit);
  if (excess !== undefined) return refuse(excess);
  const json = parseJson(body.text);
  if (!json.ok) return refuse({ status: 400, code: 'malformed', title: 'Invalid payload', detail: json.problem });
  const pushed = ingest.push(json.value, identity, now());
  recorder.count(pushed.events);
  for (const client of pushed.events.identityConflicts) {
    state.log.warn('two processes seem to push under one name', { client });
  }
  if (pushed.ok) {
    recorder.pushed(route, '');
    recorder.taken(now());
    answerTrue(response);
  } else {
    for (const { code } of pushed.problems) recorder.refused(code, 1);
    const problem = pushed.count === 1 ? 'problem' : 'problems';
    const detail = `${pushed.count} ${problem}; nothing was stored`;
    const kind =
      pushed.cause === 'limit'
        ? { status: 422, code: 'limit_exceeded', title: 'Limit exceeded' }
        : { status: 400, code: 'invalid_payload', title: 'Invalid payload' };
    refuse({ ...kind, detail, problems: pushed.problems, count: pushed.count });
  }
  recorder.measured(route, body.bytes, Number(process.hrtime.bigint() - begun) / 1e9);
}

function handleClear(
  { recorder, ingest, allowRemote }: ServerState,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const forbidden = writeProblem(request.socket.remoteAddress, request.headers, allowRemote);
  recorder.pushed('/v1/clear', forbidden?.code ?? '');
  if (forbidden !== undefined) answerRefusal(request, response, { status: 403, title: 'Not allowed', ...forbidden });
  else {
    ingest.clear();
    answerTrue(response);
  }
  request.resume();
}

function bodyRefusal({ status, code, detail }: BodyProblem): PushRefusal {
  const title = { 400: 'Invalid body', 413: 'Body too large', 415: 'Unsupported body', 429: 'Too busy' }[status];
  const headers: Record<string, string> =
    status === 429
      ? { 'retry-after': '1' }
      : code === 'unsupported_encoding'
        ? { 'accept-encoding': acceptedEncodings }
        : {};
  return { status, code, title, detail, headers };
}

/** The client of a push by the headers X-Ingest-Client and X-Ingest-Start (Unix seconds). */
function identityOf({ headers }: IncomingMessage): Identity | PushRefusal {
  const refusal = { status: 400, code: 'bad_client', title: 'Invalid header' };
  const { 'x-ingest-client': client, 'x-ingest-start': start } = headers;
  if (client !== undefined && !/^[\w.:@/-]{1,128}$/.test(String(client))) {
    return { ...refusal, detail: 'X-Ingest-Client must be 1 to 128 characters of A-Z a-z 0-9 . _ : @ / -' };
  }
  if (start !== undefined && !/^\d{1,12}(\.\d{1,9})?$/.test(String(start))) {
    return { ...refusal, detail: 'X-Ingest-Start must be the start of the process in seconds since the epoch' };
  }
  return {
    client: client === undefined ? undefined : String(client),
    start: start === undefined ? undefined : Number(start),
  };
}
