import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { takeHandshakesInTurns } from '../../net/handshake-turns.ts';
import type { Inflight } from '../../net/inflight.ts';
import { endHandshake, isShakingHands } from '../../net/late-handshake.ts';
import { type Received, receiveBody } from '../../net/receive-body.ts';
import type { Admit } from '../admission/admission.ts';
import { type Path, paths } from '../admission/decide.ts';
import { type Problem, type ProblemCode, problems, statusBody } from '../protocol/request-problem.ts';
import type { Clients } from '../tls/clients.ts';
import { type SecureContextInputs, secureContext } from '../tls/secure-context.ts';

export interface ServerOptions {
  readonly certificate: SecureContextInputs['certificate'];
  readonly clients: Pick<Clients, 'ca' | 'watch' | 'problem' | 'isOutdated'>;
  readonly bodyLimit: number;
  /** Milliseconds that an idle connection is kept. */
  readonly keepAlive: number;
  /** Bytes. Of a larger body only the beginning is kept. */
  readonly reviewLimit: number;
  readonly inflight: Inflight;
}

/** Milliseconds. */
export interface HandshakeTimes {
  /** From the connection to the end of its handshake. */
  readonly timeout: number;
  /** After that, where this process itself was late. */
  readonly grace: number;
}

export interface ServerHooks {
  readonly admit: Admit;
  readonly refused: (problem: Problem) => void;
  /** Gets an exception of the code that handles a request; a bug. */
  readonly failed: (bug: unknown) => void;
  /** Whether answers carry `Connection: close`. */
  readonly stopping: () => boolean;
}

/** The API server waits 30 s for a webhook at most (`timeoutSeconds`). */
const requestTimeoutMs = 30_000;
const headersTimeoutMs = 10_000;
const handshakeTimes: HandshakeTimes = { timeout: 10_000, grace: 5000 };
/** Milliseconds after which a caller that reads nothing of its answer counts as gone. */
const stalled = 60_000;
/** Milliseconds that a caller that still writes has to read its answer. */
const lingering = 1000;
/** Milliseconds between two searches for late requests; Node's default is 30 s. */
const checkIntervalMs = 1000;

/**
 * A refused body of up to this many bytes is read to its end, so that its connection can be used again.
 */
const smallBody = 64 * 1024;

const allowed = 'POST';
const routes = paths.map((path) => `${allowed} /${path}`).join(' and ');
const nothingHere: Problem = { code: 'not_found', message: `there is nothing here: ${routes}` };

/**
 * The HTTPS server of the admission paths, not yet listening. `admit` gets the bytes of a body: there is no schema (the
 * validator would change the values) and no JSON parser of the framework. HTTP/1.1 only: the API server uses nothing
 * else with a webhook.
 */
export async function createAdmissionServer(
  options: ServerOptions,
  hooks: ServerHooks,
  handshake = handshakeTimes,
): Promise<HttpsServer> {
  const { admit, refused, failed, stopping } = hooks;
  const { clients } = options;
  const refuse = (reply: FastifyReply, problem: Problem) => {
    refused(problem);
    send(reply.code(problems[problem.code].status), statusBody(problem));
  };
  const send = (reply: FastifyReply, body: string) => {
    if (stopping()) reply.header('connection', 'close');
    reply.header('content-type', 'application/json').send(body);
  };
  const app = fastify({
    https: {
      ...secureContext({ certificate: options.certificate, clientCa: clients.ca() }),
      // The answer tells the problem of a client certificate: see `createClients`.
      ...(clients.ca() !== undefined && { requestCert: true, rejectUnauthorized: false }),
      ...{
        handshakeTimeout: handshake.timeout,
        headersTimeout: headersTimeoutMs,
        connectionsCheckingInterval: checkIntervalMs,
      },
    },
    bodyLimit: options.bodyLimit,
    keepAliveTimeout: options.keepAlive,
    requestTimeout: requestTimeoutMs,
    exposeHeadRoutes: false,
    requestIdHeader: false,
    genReqId: () => '',
    // Requests are answered while the server closes: the API server may send on a connection until it sees the close.
    return503OnClosing: false,
    frameworkErrors: (_error, _request, reply) => refuse(reply as FastifyReply, nothingHere),
    // Node reports late handshakes here too; an answer written now would reach a client whose handshake ends well.
    clientErrorHandler: (error, socket) =>
      isShakingHands(socket)
        ? endHandshake(error, socket, handshake.grace)
        : answerBrokenRequest(error, socket, refused),
  });
  // Before any byte of the body is read: the caller may be a stranger.
  app.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw;
    const problem = clients.problem(socket);
    if (problem === undefined) {
      if (clients.isOutdated(socket)) reply.header('connection', 'close');
      return done();
    }
    if (!isSmall(request.headers)) leaveUnread(reply);
    refuse(reply, problem);
  });
  app.removeAllContentTypeParsers();
  const bounds = { limit: options.bodyLimit, keep: options.reviewLimit };
  app.addContentTypeParser('application/json', (_request: FastifyRequest, payload: IncomingMessage) =>
    encodingOf(payload.headers) === 'identity'
      ? receiveBody(payload, bounds, options.inflight)
      : Promise.resolve(undefined),
  );

  for (const path of paths) {
    app.post(`/${path}`, (request, reply) => {
      const problem = headerProblem(request);
      if (problem !== undefined) return refuse(reply, problem);
      const received = request.body as Received;
      if (!received.ok) {
        // The rest of the body is not worth reading, so the connection cannot be used again.
        reply.header('connection', 'close');
        if (received.why === 'too_many_inflight') reply.header('retry-after', '1');
        return refuse(reply, bodyProblem(received.why, options.bodyLimit));
      }
      if (!request.raw.complete) leaveUnread(reply);
      const admitted = admit(path, received.bytes, received.size);
      if (admitted.ok) send(reply, admitted.value);
      else refuse(reply, admitted.problem);
    });
  }
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, request);
    if (problem.code === 'internal') failed(error);
    refuse(reply, problem);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!;
    if (paths.some((known: Path) => `/${known}` === path)) {
      reply.header('allow', allowed);
      refuse(reply, { code: 'method_not_allowed', message: `${request.method} is not answered here: ${routes}` });
    } else {
      refuse(reply, nothingHere);
    }
  });

  await app.ready();
  takeHandshakesInTurns(app.server);
  clients.watch(app.server);
  app.server.timeout = stalled;
  app.server.on('checkExpectation', (_request, response: ServerResponse) => {
    const problem = { code: 'expectation', message: 'Expect may be 100-continue, or not there' } as const;
    refused(problem);
    response.writeHead(problems.expectation.status, { 'content-type': 'application/json', connection: 'close' });
    response.end(statusBody(problem));
  });
  return app.server;
}

function wrongContentType({ headers }: FastifyRequest): Problem {
  const value =
    headers['content-type'] === undefined ? 'missing' : JSON.stringify(headers['content-type'].slice(0, 100));
  return { code: 'wrong_content_type', message: `the Content-Type is ${value}; a review is application/json` };
}

/**
 * Closes the connection of an unread body some time after the answer: a caller that still writes could otherwise see
 * the end of the connection before it reads the answer.
 */
function leaveUnread({ raw }: FastifyReply): void {
  const { socket } = raw;
  raw.once('close', () => void setTimeout(() => socket?.destroy(), lingering).unref());
}

function isSmall(headers: FastifyRequest['headers']): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) <= smallBody;
}

/** The problem of a request's headers; the parser of bodies ran for `application/json` alone. */
function headerProblem(request: FastifyRequest): Problem | undefined {
  const encoding = encodingOf(request.headers);
  if (encoding !== 'identity') {
    const value = JSON.stringify(encoding.slice(0, 100));
    return { code: 'wrong_encoding', message: `the Content-Encoding is ${value}; a review comes without one` };
  }
  return request.body === undefined ? wrongContentType(request) : undefined;
}

function encodingOf(headers: FastifyRequest['headers']): string {
  return headers['content-encoding']?.trim().toLowerCase() || 'identity';
}

function bodyProblem(why: Exclude<Received, { ok: true }>['why'], bodyLimit: number): Problem {
  switch (why) {
    case 'too_large':
      return { code: 'too_large', message: `the body is larger than ${bodyLimit} bytes (--body-limit)` };
    case 'too_many_inflight':
      return { code: 'too_many_inflight', message: 'too many bodies are being received at once (--bodies-limit)' };
    case 'fragmented':
      return { code: 'fragmented', message: 'the body comes in pieces of some bytes' };
    case 'gone':
      return { code: 'incomplete', message: 'the caller went away before the end of the body' };
  }
}

function problemOf(error: unknown, request: FastifyRequest): Problem {
  switch ((error as { code?: unknown }).code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return wrongContentType(request);
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return { code: 'incomplete', message: 'the body is not as long as its Content-Length says' };
    default:
      return { code: 'internal', message: 'internal error; the log of the webhook has more' };
  }
}

/** Answers bytes that are no HTTP request, on the connection itself, and closes it. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket, refused: (problem: Problem) => void): void {
  // The caller left in the middle; its request, where there is one, is counted as incomplete.
  if (error.code === 'ECONNRESET' || error.code === 'HPE_INVALID_EOF_STATE' || !socket.writable)
    return void socket.destroy();
  const code: ProblemCode = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'timeout' : 'not_http';
  const message = code === 'timeout' ? 'the request did not arrive in time' : 'the request is not HTTP/1.1';
  const problem = { code, message };
  refused(problem);
  const body = statusBody(problem);
  socket.end(
    `HTTP/1.1 ${problems[code].status} ${problems[code].reason}\r\nConnection: close\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
