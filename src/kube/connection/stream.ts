import type { IncomingMessage } from 'node:http';
import { deferred } from '../../timing/deferred.ts';
import type { KubeProblem, KubeStream } from '../kube.ts';
import { problemOf } from './api-answer.ts';
import { broken, type Exchange, readAnswer, timedOut } from './exchange.ts';
import { jsonLines } from './json-lines.ts';

/** Bytes. An event of a watch holds one object, of 1.5 MB at most in etcd. */
const lineLimit = 8 * 1024 * 1024;
/** Bytes of an answer that is no stream: a `metav1.Status`. */
const statusLimit = 1024 * 1024;

/**
 * Reads an answer of JSON lines.
 * @param started the request, or why there is none
 * @param timeout milliseconds until the first headers must be there; the API server sends those of a watch at once
 */
export function followLines(
  started: Promise<Exchange | KubeProblem>,
  timeout: number,
  line: (value: unknown) => void,
): KubeStream {
  const { promise: opened, resolve: answerOpened } = deferred<boolean>();
  const { promise: ended, resolve: answerEnded } = deferred<KubeProblem | undefined>();
  let over = false;
  let destroy = () => {};

  const end = (problem: KubeProblem | undefined) => {
    if (over) return;
    over = true;
    answerOpened(false);
    answerEnded(problem);
    destroy();
  };

  const follow = (exchange: Exchange) => {
    const { request } = exchange;
    const timer = setTimeout(() => end(timedOut(exchange, timeout)), timeout);
    destroy = () => {
      clearTimeout(timer);
      request.destroy();
    };
    request.on('error', (error) => end(broken(exchange, error)));
    request.once('response', (response) => {
      clearTimeout(timer);
      if (response.statusCode !== 200) {
        refusal(exchange, response).then(end);
        return;
      }
      answerOpened(true);
      readLines(exchange, response, (value) => over || line(value), end);
    });
    request.end();
  };

  started.then((exchange) => {
    if ('code' in exchange) end(exchange);
    else if (over) exchange.request.on('error', () => {}).destroy();
    else follow(exchange);
  });
  return { opened, ended, stop: () => end(undefined) };
}

function readLines(
  exchange: Exchange,
  response: IncomingMessage,
  line: (value: unknown) => void,
  end: (problem: KubeProblem | undefined) => void,
): void {
  const { what } = exchange;
  const lines = jsonLines(lineLimit, line);
  const bad = (text: string): KubeProblem => ({ code: 'server', status: 200, message: `${what}: ${text}` });
  response.on('data', (chunk: Buffer) => {
    const problem = lines.write(chunk);
    if (problem !== undefined) end(bad(`the stream holds what cannot be read: ${problem}`));
  });
  response.once('end', () => end(lines.rest() === 0 ? undefined : bad('the stream ended within a line')));
  response.on('error', (error) => end(broken(exchange, error)));
}

async function refusal(exchange: Exchange, response: IncomingMessage): Promise<KubeProblem> {
  try {
    const { what } = exchange;
    const answer = await readAnswer(response, statusLimit);
    if (answer === undefined) {
      const text = `${what}: ${response.statusCode}: the answer has more than ${statusLimit} bytes`;
      return { code: 'too_large', status: response.statusCode ?? 0, message: text };
    }
    const message = `${what}: ${answer.status}: not the answer to a watch`;
    return problemOf(what, answer) ?? { code: 'server', status: answer.status, message };
  } catch (error) {
    return broken(exchange, error as Error);
  }
}
