import { isUtf8 } from 'node:buffer';
import { type JsonBounds, jsonExcess } from '../../json/json-bounds.ts';
import type { KubeProblem, KubeProblemCode } from '../kube.ts';

/** What is read of an HTTP answer, whole. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly bytes: Buffer;
}

/** `metav1.Status`, as far as it is read. */
interface Status {
  readonly kind?: unknown;
  readonly message?: unknown;
  readonly metadata?: unknown;
}

/**
 * What a JSON text of an API server may hold. Objects of Kubernetes have some 20 levels; the densest ones
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
    ...(status === 410 ? continuation(answer) : {}),
  };
}

/**
 * The 410 of a list brings a token that reads the rest of it at the latest version (Kubernetes API concepts, "410
 * Gone").
 */
function continuation(answer: Answer): { readonly continue?: string } {
  const metadata = (statusOf(answer)?.metadata ?? {}) as { readonly continue?: unknown };
  const { continue: token } = metadata;
  return typeof token === 'string' && token !== '' ? { continue: token } : {};
}

/** What the API server said: `metav1.Status.message`; from anything else between us and it, the start of its page. */
function saidBy(answer: Answer): string {
  const message = statusOf(answer)?.message;
  if (typeof message === 'string' && message !== '') return oneLine(message);
  const text = answer.bytes.toString('utf8', 0, longestSaid * 4).trim();
  return text === '' ? 'no message' : oneLine(text);
}

function statusOf(answer: Answer): Status | undefined {
  if (!isJson(answer.contentType)) return undefined;
  const read = parsedJson(answer.bytes);
  return read.ok && typeof read.value === 'object' ? ((read.value as Status | null) ?? undefined) : undefined;
}

/** Characters of what the API server said that are told on. */
const longestSaid = 500;

function oneLine(text: string): string {
  // Cut first, so that a long text costs nothing.
  const line = text.slice(0, longestSaid * 4).replace(/\s+/g, ' ');
  return line.length > longestSaid ? `${line.slice(0, longestSaid)}…` : line;
}

/** The longest that an answer can make us wait: a number that somebody else put there stops no watch for days. */
const longestRetryAfter = 300_000;

/** Milliseconds; the API server says whole seconds (`Retry-After: 1`), never a date. */
function retryAfterOf(header: string | undefined): number | undefined {
  if (header === undefined || !/^\d{1,6}$/.test(header)) return undefined;
  return Math.min(Number(header) * 1000, longestRetryAfter);
}

export type ReadValue =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: 'server' | 'too_large'; readonly why: string };

/** The value of a successful answer: JSON parsed, plain text as it is. */
export function readBody({ contentType, bytes }: Answer): ReadValue {
  if (contentType.startsWith('text/plain')) return { ok: true, value: bytes.toString('utf8') };
  const read = parsedJson(bytes);
  if (read.ok || read.code === 'too_large') return read;
  return { ...read, why: `the answer is neither JSON nor plain text (${oneLine(contentType)})` };
}

/** Parses JSON whose size and depth were bounded first: some bytes of it can make a thousand times as much memory. */
export function parsedJson(bytes: Buffer): ReadValue {
  const excess = jsonExcess(bytes, jsonBounds);
  if (excess !== undefined) {
    const bound =
      excess === 'depth' ? `is deeper than ${jsonBounds.depth} levels` : `holds more than ${jsonBounds.values} values`;
    return { ok: false, code: 'too_large', why: `the JSON ${bound}` };
  }
  // A wrong byte would become another character, and a name another name.
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
 * The texts of `Warning` headers, of which one may hold several: `299 - "text", 299 - "text"` (RFC 7234, 5.5; Kubernetes
 * sends code 299 and agent `-`).
 */
export function warningsOf(headers: readonly string[]): readonly string[] {
  return headers.flatMap((header) =>
    [...header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text!.replace(/\\(.)/g, '$1')),
  );
}
