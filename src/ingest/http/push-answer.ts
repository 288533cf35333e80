import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PayloadProblem } from '../payload/payload-problem.ts';

/** A push or request that is refused, as it is answered. */
export interface PushRefusal {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** Problems of the payload. */
  readonly problems?: readonly PayloadProblem[];
  /** How many problems there are, those that are not listed included. */
  readonly count?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with one line of text. */
export function answerText(response: ServerResponse, status: number, line: string, headers = {}): void {
  send(response, status, 'text/plain; charset=utf-8', `${line}\n`, headers);
}

/** Answers an accepted push as monasca-sidecar does. */
export function answerTrue(response: ServerResponse): void {
  send(response, 200, 'application/json; charset=utf-8', 'true', {});
}

/** Answers with a refusal as application/problem+json (RFC 9457), or as text where the client accepts text alone. */
export function answerRefusal(request: IncomingMessage, response: ServerResponse, refusal: PushRefusal): void {
  const { status, code, title, detail, problems, count, headers = {} } = refusal;
  const accept = request.headers.accept ?? '';
  if (accept.includes('text/plain') && !accept.includes('json')) {
    const lines = [
      `${title}: ${detail}`,
      ...(problems ?? []).map((problem) => `${problem.pointer}: ${problem.detail}`),
    ];
    answerText(response, status, lines.join('\n'), headers);
    return;
  }
  const body = {
    ...{ type: 'about:blank', title, status, code, detail, applied: 0 },
    ...(problems && { errors: problems, truncated: (count ?? 0) > problems.length }),
  };
  send(response, status, 'application/problem+json; charset=utf-8', `${JSON.stringify(body)}\n`, headers);
}

function send(response: ServerResponse, status: number, type: string, body: string, headers: object): void {
  if (response.destroyed || response.headersSent) return;
  const length = Buffer.byteLength(body);
  response.writeHead(status, {
    'content-type': type,
    'content-length': length,
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(body);
}
