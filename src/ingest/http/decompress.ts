import type { Transform } from 'node:stream';
import type * as Zlib from 'node:zlib';
import type { Failure, Success } from '../../result/result.ts';

/** A decompressed body, or why there is none. */
export type Decompressed =
  | Success<Buffer>
  /** `over`: more than the limit came out. */
  | (Failure & { readonly over: boolean });

export type Decompress = (bytes: Buffer, limit: number) => Promise<Decompressed>;

/** Node has zstd from 22.15 on. The versions say it, because zlib is not loaded yet. */
const hasZstd = process.versions.zstd !== undefined;
/** A part of `node:zlib` since Node 22.15; the types of this project are those of older versions too. */
interface Zstd {
  readonly createZstdDecompress: (options: object) => Transform;
  readonly zstdDecompressSync: (bytes: Buffer, options: object) => Buffer;
  readonly constants: { readonly ZSTD_d_windowLogMax: number };
}

/**
 * The largest accepted window of zstd, as a power of two: a frame of a few bytes may ask for 128 MiB. A decoder need
 * not accept more than 8 MiB (RFC 8878).
 */
const zstdWindowLog = 23;
/**
 * A small body with a small result is decompressed synchronously: a stream and a thread for it cost many times as much.
 */
const smallBody = 16 * 1024;
const smallResult = 128 * 1024;
/** The compression ratio up to which one buffer is enough for the result. */
const ordinaryRatio = 16;
/** More than Node's pool of small buffers, so that the memory of the result holds nothing else. */
const leastChunk = 128 * 1024;

/** zlib comes with the first compressed body: an idle sidecar never loads it. */
const zlib = (): Promise<typeof Zlib> => import('node:zlib');

/** One encoding: synchronously, and in pieces on another thread. */
interface Codec {
  sync(bytes: Buffer, options: { maxOutputLength: number; chunkSize: number }): Buffer;
  stream(options: { chunkSize: number }): Transform;
}

async function gzip(): Promise<Codec> {
  const { gunzipSync, createGunzip } = await zlib();
  return { sync: gunzipSync, stream: createGunzip };
}

async function deflate(): Promise<Codec> {
  const { inflateSync, createInflate } = await zlib();
  return { sync: inflateSync, stream: createInflate };
}

async function zstd(): Promise<Codec> {
  const { createZstdDecompress, zstdDecompressSync, constants } = (await zlib()) as unknown as Zstd;
  const params = { [constants.ZSTD_d_windowLogMax]: zstdWindowLog };
  return {
    sync: (bytes, options) => zstdDecompressSync(bytes, { ...options, params }),
    stream: (options) => createZstdDecompress({ ...options, params }),
  };
}

function decompressorOf(load: () => Promise<Codec>): Decompress {
  // Kept: importing a module again costs more than decompressing.
  let codec: Promise<Codec> | undefined;
  return async (bytes, limit) => {
    codec ??= load();
    const { sync, stream } = await codec;
    return (bytes.length <= smallBody ? attempt(sync, bytes, limit) : undefined) ?? run(stream, bytes, limit);
  };
}

/** By the value of `Content-Encoding`. */
export const decompressors: Readonly<Record<string, Decompress>> = {
  gzip: decompressorOf(gzip),
  'x-gzip': decompressorOf(gzip),
  deflate: decompressorOf(deflate),
  ...(hasZstd && { zstd: decompressorOf(zstd) }),
};

/** The Accept-Encoding of an answer `unsupported_encoding`. */
export const acceptedEncodings = hasZstd ? 'gzip, deflate, zstd' : 'gzip, deflate';

/** Decompresses synchronously; undefined: the result is not small, or the body cannot be decompressed. */
function attempt(sync: Codec['sync'], bytes: Buffer, limit: number): Decompressed | undefined {
  try {
    return { ok: true, value: sync(bytes, { maxOutputLength: Math.min(smallResult, limit), chunkSize: leastChunk }) };
  } catch {
    return undefined;
  }
}

/** Decompresses a whole body in pieces, and stops where the result is over `limit`. */
function run(create: Codec['stream'], bytes: Buffer, limit: number): Promise<Decompressed> {
  const stream = create({ chunkSize: Math.min(limit + 1, Math.max(leastChunk, bytes.length * ordinaryRatio)) });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let problem: string | undefined;
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) stream.destroy();
    });
    stream.on('error', (error) => {
      problem = error.message;
    });
    stream.on('close', () => {
      if (size <= limit && problem === undefined) {
        if (chunks.length === 1) return resolve({ ok: true, value: chunks[0]! });
        resolve({ ok: true, value: Buffer.concat(chunks) });
      } else resolve({ ok: false, over: size > limit, problem: problem ?? 'too large' });
      for (const chunk of chunks) discard(chunk);
    });
    stream.end(bytes);
  });
}

/** Node 20 has no such method; the collector finds the memory there. */
interface Transferable {
  readonly transfer?: (bytes: number) => ArrayBuffer;
}

/**
 * Gives the memory of a large buffer back at once, unless it is in Node's pool. Memory beside the heap hardly makes the
 * collector run, so discarded bodies would pile up to many times the bodies under way.
 */
export function discard({ buffer: memory, byteOffset }: Buffer): void {
  const isOwn = byteOffset === 0 && memory.byteLength > Buffer.poolSize && memory instanceof ArrayBuffer;
  if (isOwn) (memory as unknown as Transferable).transfer?.(0);
}
