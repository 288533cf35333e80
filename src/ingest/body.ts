import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import type { Inflight } from '../net/inflight.ts';
import { type Received, receiveBody } from '../net/receive-body.ts';

/** Why a body was not taken, as it is answered. */
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
  /** The client went away or was too slow: nobody is there to be answered. */
  | { readonly ok: false; readonly status: 0 }
  | BodyProblem;

type Decompress = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

/** Asked of the versions, because zlib is not loaded yet: Node has zstd from 22.15 on. */
const hasZstd = process.versions.zstd !== undefined;
type Callback = (error: Error | null, result: Buffer) => void;
interface Zstd {
  readonly zstdDecompress: (bytes: Buffer, options: { maxOutputLength: number }, callback: Callback) => void;
}

/** zlib comes with the first compressed body: an idle sidecar never loads it. */
const encodings: Readonly<Record<string, () => Promise<Decompress>>> = {
  gzip: async () => promisify((await import('node:zlib')).gunzip),
  'x-gzip': async () => promisify((await import('node:zlib')).gunzip),
  deflate: async () => promisify((await import('node:zlib')).inflate),
  ...(hasZstd && { zstd: async () => promisify(((await import('node:zlib')) as unknown as Zstd).zstdDecompress) }),
};

/** What `unsupported_encoding` is answered with as Accept-Encoding. */
export const acceptedEncodings = hasZstd ? 'gzip, deflate, zstd' : 'gzip, deflate';

/**
 * Receives a JSON body: checks its type, receives at most `limit` bytes, decompresses to at most `limit`, decodes.
 * Nothing of a body that is too large is kept; the connection goes on being read, so that the client sees the answer.
 */
export async function readBody(request: IncomingMessage, limit: number, inflight: Inflight): Promise<Body> {
  const media = mediaProblem(request.headers['content-type']);
  if (media !== undefined) return media;
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const decompressor = Object.hasOwn(encodings, encoding) ? encodings[encoding] : undefined;
  if (decompressor === undefined && encoding !== 'identity' && encoding !== '') {
    const why = encoding === 'zstd' ? ` (zstd needs Node 22.15; this is ${process.version})` : '';
    const detail = `Content-Encoding ${encoding.slice(0, 60)} is not one of ${acceptedEncodings}${why}`;
    return { ok: false, status: 415, code: 'unsupported_encoding', detail };
  }
  const received = await receiveBody(request, { limit }, inflight);
  if (!received.ok) return refused(received.why, limit);
  const { bytes } = received;
  const plain = decompressor === undefined ? bytes : await decompressed(bytes, await decompressor(), limit);
  if (!Buffer.isBuffer(plain)) return plain;
  if (!isUtf8(plain)) return { ok: false, status: 400, code: 'malformed', detail: 'the body is not UTF-8' };
  const text = plain.toString('utf8');
  return { ok: true, text: text.startsWith('\ufeff') ? text.slice(1) : text, bytes: bytes.length };
}

/** prom-client and HTTP libraries without a body type say none, and `curl -d` says it sends a form. */
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

/** Why a body was not received whole. */
function refused(why: Exclude<Received, { ok: true }>['why'], limit: number): Exclude<Body, { ok: true }> {
  if (why === 'gone') return { ok: false, status: 0 };
  if (why === 'too_large') {
    return { ok: false, status: 413, code: 'body_too_large', detail: `the body is over ${limit} bytes` };
  }
  if (why === 'fragmented') {
    return { ok: false, status: 400, code: 'malformed', detail: 'the body came in pieces of some bytes' };
  }
  const detail = 'too many bodies are being received at once';
  return { ok: false, status: 429, code: 'too_many_inflight', detail };
}

async function decompressed(bytes: Buffer, decompress: Decompress, limit: number): Promise<Buffer | BodyProblem> {
  try {
    return await decompress(bytes, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      const detail = `the decompressed body is over ${limit} bytes`;
      return { ok: false, status: 413, code: 'decompressed_too_large', detail };
    }
    const detail = `the body cannot be decompressed: ${(error as Error).message}`;
    return { ok: false, status: 400, code: 'bad_encoding', detail };
  }
}
