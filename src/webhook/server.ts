import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { Admit } from './admission.ts';
import { type Path, paths } from './decide.ts';
import { type Problem, type ProblemCode, problems, statusBody } from './problem.ts';

export interface ServerOptions {
  /** None: every handshake fails until `setSecureContext` brings one. */
  readonly pair: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  readonly bodyLimit: number;
  /** Milliseconds that an idle connection is kept. */
  readonly keepAlive: number;
  readonly connections: number;
}

export interface ServerHooks {
  readonly admit: Admit;
  readonly refused: (problem: Problem) => void;
  /** Something was thrown on the way of a request; a bug. */
  readonly failed: (bug: unknown) => void;
  /** Answers carry `Connection: close` from when this says so. */
  readonly stopping: () => boolean;
}

/** The oldest TLS that is spoken; an API server offers 1.2 and 1.3. */
export const minVersion = 'TLSv1.2';

/** The API server waits 30 s for a webhook at most (`timeoutSeconds`). */
const requestTimeout = 30_000;
const headersTimeout = 10_000;
const handshakeTimeout = 10_000;

const allowed = 'POST';
const routes = paths.map((path) => `${allowed} /${path}`).join(' and ');
const nothingHere: Problem = { code: 'not_found', message: `there is nothing here: ${routes}` };

/**
 * The HTTPS server of the admission paths, not yet listening. Bodies reach `admit` as the bytes that came: no schema (the
 * validator would change what it validates) and no JSON parser of the framework. HTTP/1.1 only: the API server speaks
 * nothing else to a webhook.
 */
export async function createServer(options: ServerOptions, hooks: ServerHooks): Promise<HttpsServer> {
  const { admit, refused, failed, stopping } = hooks;
  const refuse = (reply: FastifyReply, problem: Problem) => {
    refused(problem);
    send(reply.code(problems[problem.code].status), statusBody(problem));
  };
  const send = (reply: FastifyReply, body: string) => {
    if (stopping()) reply.header('connection', 'close');
    reply.header('content-type', 'application/json').send(body);
  };
  const app = fastify({
    https: { ...options.pair, minVersion, handshakeTimeout, headersTimeout },
    bodyLimit: options.bodyLimit,
    keepAliveTimeout: options.keepAlive,
    requestTimeout,
    exposeHeadRoutes: false,
    requestIdHeader: false,
    genReqId: () => '',
    // Answers go on while the server closes: the API server may send on a connection until it sees the close.
    return503OnClosing: false,
    frameworkErrors: (_error, _request, reply) => refuse(reply as FastifyReply, nothingHere),
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, refused),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  for (const path of paths) {
    app.post(`/${path}`, (request, reply) => {
      if (!Buffer.isBuffer(request.body)) return refuse(reply, wrongContentType(request));
      const admitted = admit(path, request.body);
      if (admitted.ok) send(reply, admitted.body);
      else refuse(reply, admitted.problem);
    });
  }
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, request, options.bodyLimit);
    if (problem.code === 'internal') failed(error);
    // The rest of the body is not worth reading, so the connection cannot be used again.
    if (problem.code === 'too_large') reply.header('connection', 'close');
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
  app.server.maxConnections = options.connections;
  return app.server;
}

function wrongContentType({ headers }: FastifyRequest): Problem {
  const given =
    headers['content-type'] === undefined ? 'missing' : JSON.stringify(headers['content-type'].slice(0, 100));
  return { code: 'wrong_content_type', message: `the Content-Type is ${given}; a review is application/json` };
}

function problemOf(error: unknown, request: FastifyRequest, bodyLimit: number): Problem {
  switch ((error as { code?: unknown }).code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return wrongContentType(request);
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return { code: 'too_large', message: `the body is larger than ${bodyLimit} bytes (--body-limit)` };
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return { code: 'incomplete', message: 'the body is not as long as its Content-Length says' };
    default:
      return { code: 'internal', message: 'internal error; the log of the webhook has more' };
  }
}

/** What could not be read as HTTP at all: there is no request to answer, only a connection to close with a word. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket, refused: (problem: Problem) => void): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
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
