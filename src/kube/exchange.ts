import type { ClientRequest, IncomingMessage } from 'node:http';
import { type Answer, parsedBody, problemOf, warningsOf } from './answer.ts';
import type { KubeProblem, KubeResult } from './kube.ts';
import { failureText, type Phase, timeoutText } from './phase.ts';

/** A request that is on its way; its body is not sent yet. */
export interface Exchange {
  /** Method and path, for people. */
  readonly what: string;
  readonly server: string;
  readonly request: ClientRequest;
  readonly phase: () => Phase;
}

/** A page of 500 large objects is some 10 MB. */
const answerLimit = 64 * 1024 * 1024;

export function unreachable(what: string, text: string): KubeProblem {
  return { code: 'unreachable', message: `${what}: ${text}` };
}

/** As `unreachable`, for a request that broke. */
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
  timeout: number,
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
    // Not once: a socket may report a second error after the one that ended it.
    request.on('error', broke);
    request.once('response', (response) => {
      readAnswer(response, answerLimit).then((answer) => settle(resultOf<T>(exchange, response, answer)), broke);
    });
    request.end(body);
  });
}

function resultOf<T>({ what }: Exchange, response: IncomingMessage, answer: Answer): KubeResult<T> {
  const problem = problemOf(what, answer);
  if (problem !== undefined) return { ok: false, problem };
  const read = parsedBody(answer);
  if (read === undefined) {
    const message = `${what}: ${answer.status}: the answer is neither JSON nor plain text (${answer.contentType})`;
    return { ok: false, problem: { code: 'server', status: answer.status, message } };
  }
  return { ok: true, value: read.value as T, warnings: warningsOf(response.headersDistinct['warning'] ?? []) };
}

/** Reads an answer whole. Rejects where the connection breaks before its end, or it has more than `limit` bytes. */
export async function readAnswer(response: IncomingMessage, limit: number): Promise<Answer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new Error(`the answer has more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return {
    status: response.statusCode ?? 0,
    contentType: response.headers['content-type'] ?? '',
    retryAfter: response.headers['retry-after'],
    text: Buffer.concat(chunks).toString('utf8'),
  };
}
