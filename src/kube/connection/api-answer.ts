import { isUtf8 } from 'node:buffer';
import { type JsonBounds, jsonExcess } from '../../json/json-bounds.ts';
import type { Success } from '../../result/result.ts';
import type { KubeProblem, KubeProblemCode } from '../kube.ts';

/** An HTTP answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly bytes: Buffer;
}

/** The fields of `metav1.Status` that are read. */
interface Status {
  readonly kind?: unknown;
  readonly message?: unknown;
  readonly metadata?: unknown;
}

/**
 * The bounds of a JSON text of an API server. Objects of Kubernetes have some 20 levels; the densest ones
 * (managedFields) have a value every 4 bytes, most have one every 30.
 */
const jsonBounds: JsonBounds = { depth: 256, values: 1_000_000 };

const codes: Readonly<Record<number, KubeProblemCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  410: 'gone',
  429: 'throttled',
};

/** The code of an HTTP status that is not a success. Redirects are not followed: `server`. */
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
    message: `${what}: ${status}: ${messageOf(answer)}`,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(status === 410 ? continuation(answer) : {}),
  };
}

/**
 * The 410 of a list carries a token that reads the rest of it at the latest version (Kubernetes API concepts, "410
 * Gone").
 */
function continuation(answer: Answer): { readonly continue?: string } {
  const metadata = (statusOf(answer)?.metadata ?? {}) as { readonly continue?: unknown };
  const { continue: token } = metadata;
  return typeof token === 'string' && token !== '' ? { continue: token } : {};
}

/** The message of `metav1.Status`; of an answer of anything between us and the API server, the start of its page. */
function messageOf(answer: Answer): string {
  const message = statusOf(answer)?.message;
  if (typeof message === 'string' && message !== '') return oneLine(message);
  const text = answer.bytes.toString('utf8', 0, longestMessage * 4).trim();
  return text === '' ? 'no message' : oneLine(text);
}

function statusOf(answer: Answer): Status | undefined {
  if (!isJson(answer.contentType)) return undefined;
  const read = parsedJson(answer.bytes);
  return read.ok && typeof read.value === 'object' ? ((read.value as Status | null) ?? undefined) : undefined;
}

/** Characters of the API server's message that a problem quotes. */
const longestMessage = 500;

function oneLine(text: string): string {
  // Cut first, so that the pattern never runs over a long text.
  const line = text.slice(0, longestMessage * 4).replace(/\s+/g, ' ');
  return line.length > longestMessage ? `${line.slice(0, longestMessage)}…` : line;
}

/** Milliseconds. A larger value of a server between us and the API server must not stop a watch for days. */
const longestRetryAfter = 300_000;

/** Milliseconds; the API server sends whole seconds (`Retry-After: 1`), never a date. */
function retryAfterOf(header: string | undefined): number | undefined {
  if (header === undefined || !/^\d{1,6}$/.test(header)) return undefined;
  return Math.min(Number(header) * 1000, longestRetryAfter);
}

export type ReadValue =
  | Success<unknown>
  | { readonly ok: false; readonly code: 'server' | 'too_large'; readonly why: string };

/** The value of a successful answer: JSON parsed, plain text as it is. */
export function readBody({ contentType, bytes }: Answer): ReadValue {
  if (contentType.startsWith('text/plain')) return { ok: true, value: bytes.toString('utf8') };
  const read = parsedJson(bytes);
  if (read.ok || read.code === 'too_large') return read;
  return { ...read, why: `the answer is neither JSON nor plain text (${oneLine(contentType)})` };
}

/**
 * Parses JSON after a check of its values and depth: a value of some bytes can take a thousand times as much memory.
 */
export function parsedJson(bytes: Buffer): ReadValue {
  const excess = jsonExcess(bytes, jsonBounds);
  if (excess !== undefined) {
    const bound =
      excess === 'depth' ? `is deeper than ${jsonBounds.depth} levels` : `holds more than ${jsonBounds.values} values`;
    return { ok: false, code: 'too_large', why: `the JSON ${bound}` };
  }
  // Decoding replaces a wrong byte by another character, so that a name would become another name.
  if (!isUtf8(bytes)) return { ok: false, code: 'server', why: 'not UTF-8' };
  try {
    return { ok: true, value: JSON.parse(bytes.toString('utf8')) };
  } catch {
    return { ok: false, code: 'server', why: 'not JSON' };
  }
}

function isJson(contentType: string): boolean {
  return contentType.startsWith('application/json');
}

/**
 * The texts of `Warning` headers; a header may hold several: `299 - "text", 299 - "text"` (RFC 7234, 5.5; Kubernetes
 * sends code 299 and agent `-`).
 */
export function warningsOf(headers: readonly string[]): readonly string[] {
  return headers.flatMap((header) =>
    [...header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text!.replace(/\\(.)/g, '$1')),
  );
}
