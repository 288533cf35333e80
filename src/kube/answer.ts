import type { KubeProblem, KubeProblemCode } from './kube.ts';

/** What is read of an HTTP answer, whole. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** `metav1.Status`, as far as it is read. */
interface Status {
  readonly kind?: string;
  readonly message?: string;
}

const codes: Readonly<Record<number, KubeProblemCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  410: 'gone',
  429: 'throttled',
};

/** The code of an HTTP status that is not a success. A redirect is none of ours to follow: `server`. */
export function problemCode(status: number): KubeProblemCode {
  return codes[status] ?? (status >= 400 && status < 500 ? 'invalid' : 'server');
}

/**
 * Why an answer is no success, in one sentence; undefined where it is one.
 * @param what method and path, as in `GET /api/v1/nodes`
 */
export function problemOf(what: string, answer: Answer): KubeProblem | undefined {
  const { status } = answer;
  if (status >= 200 && status < 300) return undefined;
  const retryAfter = retryAfterOf(answer.retryAfter);
  return {
    code: problemCode(status),
    status,
    message: `${what}: ${status}: ${saidBy(answer)}`,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

/** What the API server said: `metav1.Status.message`; from anything else between us and it, the start of its page. */
function saidBy({ text, contentType }: Answer): string {
  const status = isJson(contentType) ? (parse(text) as Status | undefined) : undefined;
  if (typeof status?.message === 'string' && status.message !== '') return oneLine(status.message);
  return text.trim() === '' ? 'no message' : oneLine(text.trim());
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 500 ? `${line.slice(0, 500)}…` : line;
}

/** Milliseconds; the API server says whole seconds (`Retry-After: 1`), never a date. */
function retryAfterOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;
}

/** The value of a successful answer: JSON parsed, plain text as it is, undefined where it cannot be read. */
export function parsedBody({ contentType, text }: Answer): { readonly value: unknown } | undefined {
  if (contentType.startsWith('text/plain')) return { value: text };
  const value = parse(text);
  return value === undefined ? undefined : { value };
}

function isJson(contentType: string): boolean {
  return contentType.startsWith('application/json');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The texts of `Warning` headers, of which one may hold several: `299 - "text", 299 - "text"` (RFC 7234, 5.5; Kubernetes
 * sends code 299 and agent `-`).
 */
export function warningsOf(headers: readonly string[]): readonly string[] {
  return headers.flatMap((header) =>
    [...header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text!.replace(/\\(.)/g, '$1')),
  );
}
