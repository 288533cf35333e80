import type { Transform } from 'node:stream';
import type * as Zlib from 'node:zlib';

/** What came of a compressed body. */
export type Decompressed =
  | { readonly ok: true; readonly bytes: Buffer }
  /** `over`: more than the limit came out. */
  | { readonly ok: false; readonly over: boolean; readonly problem: string };

export type Decompress = (bytes: Buffer, limit: number) => Promise<Decompressed>;

/** Asked of the versions, because zlib is not loaded yet: Node has zstd from 22.15 on. */
const hasZstd = process.versions.zstd !== undefined;
/** Of Node 22.15 and later; the types of this project are older Node's too. */
interface Zstd {
  readonly createZstdDecompress: (options: object) => Transform;
  readonly zstdDecompressSync: (bytes: Buffer, options: object) => Buffer;
  readonly constants: { readonly ZSTD_d_windowLogMax: number };
}

/**
 * The largest window of zstd that is taken, as a power of two: a frame of some bytes may ask for 128 MiB. A decoder
 * need not take more than 8 MiB (RFC 8878).
 */
const zstdWindowLog = 23;
/**
 * A small body that becomes no more than this is decompressed at once: a stream and a thread for it cost many times as
 * much.
 */
const smallBody = 16 * 1024;
const smallResult = 128 * 1024;
/** How many times itself an ordinary body becomes: one buffer is enough for it then. */
const ordinaryRatio = 16;
/** More than Node's pool of small buffers, so that nothing else lies in the memory. */
const leastChunk = 128 * 1024;

/** zlib comes with the first compressed body: an idle sidecar never loads it. */
const zlib = (): Promise<typeof Zlib> => import('node:zlib');

/** One encoding: at once, and in pieces on another thread. */
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
  // Once: to ask for a module that is loaded already costs more than to decompress.
  let codec: Promise<Codec> | undefined;
  return async (bytes, limit) => {
    codec ??= load();
    const { sync, stream } = await codec;
    return (bytes.length <= smallBody ? attempt(sync, bytes, limit) : undefined) ?? run(stream, bytes, limit);
  };
}

/** By the word of `Content-Encoding`. */
export const decompressors: Readonly<Record<string, Decompress>> = {
  gzip: decompressorOf(gzip),
  'x-gzip': decompressorOf(gzip),
  deflate: decompressorOf(deflate),
  ...(hasZstd && { zstd: decompressorOf(zstd) }),
};

/** What `unsupported_encoding` is answered with as Accept-Encoding. */
export const acceptedEncodings = hasZstd ? 'gzip, deflate, zstd' : 'gzip, deflate';

/** Decompresses at once what stays small; undefined: it does not, or cannot be decompressed. */
function attempt(sync: Codec['sync'], bytes: Buffer, limit: number): Decompressed | undefined {
  try {
    return { ok: true, bytes: sync(bytes, { maxOutputLength: Math.min(smallResult, limit), chunkSize: leastChunk }) };
  } catch {
    return undefined;
  }
}

/** Decompresses a whole body, and stops where more than `limit` comes out of it. */
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
        if (chunks.length === 1) return resolve({ ok: true, bytes: chunks[0]! });
        resolve({ ok: true, bytes: Buffer.concat(chunks) });
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
 * Gives the memory of a large buffer back at once, unless it is in Node's pool. Memory beside the heap hardly hurries
 * the collector, and bodies of strangers would pile up to many times what is under way.
 */
export function discard({ buffer: memory, byteOffset }: Buffer): void {
  const isOwn = byteOffset === 0 && memory.byteLength > Buffer.poolSize && memory instanceof ArrayBuffer;
  if (isOwn) (memory as unknown as Transferable).transfer?.(0);
}
