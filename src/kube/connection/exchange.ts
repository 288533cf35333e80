import type { ClientRequest, IncomingMessage } from 'node:http';
import type { KubeProblem, KubeResult } from '../kube.ts';
import { type Answer, problemOf, readBody, warningsOf } from './api-answer.ts';
import { createByteBuffer } from './byte-buffer.ts';
import { failureText, type Phase, timeoutText } from './phase.ts';

/** A request under way, whose body is not sent yet. */
export interface Exchange {
  /** Method and path, for people. */
  readonly what: string;
  readonly server: string;
  readonly request: ClientRequest;
  readonly phase: () => Phase;
}

/**
 * The most bytes of an answer by default; the largest object that etcd accepts has 1.5 MiB before it is JSON.
 */
export const answerLimit = 16 * 1024 * 1024;

export function unreachable(what: string, text: string): KubeProblem {
  return { code: 'unreachable', message: `${what}: ${text}` };
}

/** The problem of a request that broke. */
export function broken({ what, server, phase }: Exchange, error: Error): KubeProblem {
  return unreachable(what, failureText(error, phase(), server));
}

export function timedOut({ what, server, phase }: Exchange, milliseconds: number): KubeProblem {
  return unreachable(what, timeoutText(phase(), server, milliseconds));
}

/**
 * Sends the body and reads the whole answer.
 * @param timeout milliseconds until the answer must be there
 */
export function exchangeWhole<T>(
  exchange: Exchange,
  body: string | undefined,
  { timeout, mostBytes }: { readonly timeout: number; readonly mostBytes: number },
): Promise<KubeResult<T>> {
  const { request } = exchange;
  return new Promise((resolve) => {
    const settle = (result: KubeResult<T>) => {
      clearTimeout(timer);
      resolve(result);
    };
    const broke = (error: Error) => settle({ ok: false, problem: broken(exchange, error) });
    const timer = setTimeout(() => {
      settle({ ok: false, problem: timedOut(exchange, timeout) });
      request.destroy();
    }, timeout);
    // Not `once`: a socket may report a second error after the one that ended it.
    request.on('error', broke);
    request.once('response', (response) => {
      const settled = (answer: Answer | undefined) => {
        settle(answer === undefined ? tooLarge(exchange, mostBytes) : resultOf<T>(exchange, response, answer));
      };
      readAnswer(response, mostBytes).then(settled).catch(broke);
    });
    request.end(body);
  });
}

function tooLarge<T>({ what, request }: Exchange, mostBytes: number): KubeResult<T> {
  // The rest of the answer is not read, so the connection cannot be used again.
  request.destroy();
  return { ok: false, problem: { code: 'too_large', message: `${what}: the answer has more than ${mostBytes} bytes` } };
}

function resultOf<T>({ what }: Exchange, response: IncomingMessage, answer: Answer): KubeResult<T> {
  const problem = problemOf(what, answer);
  if (problem !== undefined) return { ok: false, problem };
  const { status, bytes } = answer;
  const read = readBody(answer);
  if (!read.ok) return { ok: false, problem: { code: read.code, status, message: `${what}: ${status}: ${read.why}` } };
  const warnings = warningsOf(response.headersDistinct['warning'] ?? []);
  return { ok: true, value: read.value as T, warnings, bytes: bytes.length };
}

/**
 * Reads an answer whole; undefined where it has more than `limit` bytes. Rejects where the connection breaks before its
 * end.
 */
export async function readAnswer(response: IncomingMessage, limit: number): Promise<Answer | undefined> {
  const announced = Number(response.headers['content-length'] ?? 0);
  if (announced > limit) return undefined;
  const gathered = createByteBuffer(limit, announced);
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (!gathered.add(chunk)) return undefined;
  }
  return {
    status: response.statusCode ?? 0,
    contentType: response.headers['content-type'] ?? '',
    retryAfter: response.headers['retry-after'],
    bytes: gathered.take(),
  };
}
