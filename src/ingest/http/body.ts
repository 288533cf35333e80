import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { ConcurrencyLimit } from '../../net/concurrency-limit.ts';
import type { Inflight } from '../../net/inflight.ts';
import { type Received, receiveBody } from '../../net/receive-body.ts';
import { acceptedEncodings, type Decompress, decompressors, discard } from './decompress.ts';

/** The problem of a body, as it is answered. */
export interface BodyProblem {
  readonly ok: false;
  readonly status: 400 | 413 | 415 | 429;
  readonly code:
    | 'body_too_large'
    | 'decompressed_too_large'
    | 'unsupported_media_type'
    | 'unsupported_encoding'
    | 'bad_encoding'
    | 'malformed'
    | 'too_many_inflight';
  readonly detail: string;
}

export type Body =
  | { readonly ok: true; readonly text: string; readonly bytes: number }
  /** The client went away or was too slow: no answer can reach it. */
  | { readonly ok: false; readonly status: 0 }
  | BodyProblem;

/** The bounds on all bodies together: their memory, and how many are decompressed at a time. */
export interface BodyBudget {
  readonly inflight: Inflight;
  readonly decompressing: ConcurrencyLimit;
}

/**
 * Receives a JSON body: checks its type, receives at most `limit` bytes, decompresses to at most `limit`, decodes.
 * Nothing of a body that is too large is kept; the connection is read on, so that the client sees the answer.
 */
export async function readBody(request: IncomingMessage, limit: number, room: BodyBudget): Promise<Body> {
  const media = mediaProblem(request.headers['content-type']);
  if (media !== undefined) return media;
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const decompressor = Object.hasOwn(decompressors, encoding) ? decompressors[encoding] : undefined;
  if (decompressor === undefined && encoding !== 'identity' && encoding !== '') {
    const why = encoding === 'zstd' ? ` (zstd needs Node 22.15; this is ${process.version})` : '';
    const detail = `Content-Encoding ${encoding.slice(0, 60)} is not one of ${acceptedEncodings}${why}`;
    return { ok: false, status: 415, code: 'unsupported_encoding', detail };
  }
  const received = await receiveBody(request, { limit }, room.inflight);
  if (!received.ok) return receiveProblem(received.why, limit);
  const { bytes } = received;
  const plain = decompressor === undefined ? bytes : await decompressed(bytes, decompressor, limit, room);
  if (!Buffer.isBuffer(plain)) return plain;
  if (!isUtf8(plain)) return { ok: false, status: 400, code: 'malformed', detail: 'the body is not UTF-8' };
  const text = plain.toString('utf8');
  if (decompressor !== undefined) discard(plain);
  return { ok: true, text: text.startsWith('\ufeff') ? text.slice(1) : text, bytes: bytes.length };
}

/** prom-client and HTTP libraries without a body type send no Content-Type, and `curl -d` says that it sends a form. */
function mediaProblem(header: string | undefined): BodyProblem | undefined {
  if (header === undefined || header.trim() === '') return undefined;
  const [type = '', ...parameters] = header.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  const isJson = /^(application|text)\/json$|^application\/[a-z0-9.-]+\+json$/.test(type);
  const isUnicode = charset === undefined || /^"?(utf-?8|us-ascii)"?$/.test(charset);
  if ((isJson || type === 'application/x-www-form-urlencoded') && isUnicode) return undefined;
  const detail = `Content-Type ${header.slice(0, 100)} is not application/json in UTF-8`;
  return { ok: false, status: 415, code: 'unsupported_media_type', detail };
}

/** The problem of a body that was not received whole. */
function receiveProblem(why: Exclude<Received, { ok: true }>['why'], limit: number): Exclude<Body, { ok: true }> {
  if (why === 'gone') return { ok: false, status: 0 };
  if (why === 'too_large') {
    return {
      ok: false,
      status: 413,
      code: 'body_too_large',
      detail: `the body is over ${limit} bytes (--ingest.body-limit)`,
    };
  }
  if (why === 'fragmented') {
    return { ok: false, status: 400, code: 'malformed', detail: 'the body came in pieces of some bytes' };
  }
  return tooManyBodies;
}

const tooManyBodies: BodyProblem = {
  ...{ ok: false, status: 429, code: 'too_many_inflight' },
  detail: 'too many bodies are being received at once',
};

/**
 * Waits for its turn and decompresses. The body counts as under way until then: a few bytes may become the whole limit.
 */
async function decompressed(
  bytes: Buffer,
  decompress: Decompress,
  limit: number,
  { inflight, decompressing }: BodyBudget,
): Promise<Buffer | BodyProblem> {
  let waitingBytes: Buffer | undefined = bytes;
  const waiting = inflight.open(() => {
    waitingBytes = undefined;
  });
  waiting.grew(bytes.length);
  return decompressing(async () => {
    waiting.close();
    if (waitingBytes === undefined) return tooManyBodies;
    const plain = await decompress(waitingBytes, limit);
    if (plain.ok) return plain.value;
    if (plain.over) {
      const detail = `the decompressed body is over ${limit} bytes (--ingest.body-limit)`;
      return { ok: false, status: 413, code: 'decompressed_too_large', detail };
    }
    const detail = `the body cannot be decompressed: ${plain.problem}`;
    return { ok: false, status: 400, code: 'bad_encoding', detail };
  });
}
