import type { IncomingMessage } from 'node:http';
import type { Inflight } from './inflight.ts';

export type Received =
  /**
   * `bytes`: the whole body, or only its beginning where it is longer than `keep`. `size`: that of the whole, as far as
   * known.
   */
  | { readonly ok: true; readonly bytes: Buffer; readonly size: number }
  /**
   * `gone`: the client went away or was too slow, and cannot be answered. `fragmented`: the body came in so small
   * pieces that receiving them costs more than their content is worth.
   */
  | { readonly ok: false; readonly why: 'too_large' | 'too_many_inflight' | 'fragmented' | 'gone' };

/** Bytes that are kept of a body longer than `keep`. */
const beginning = 16 * 1024;
/** Smaller pieces are joined: each piece by itself takes some 200 bytes more. */
const smallPiece = 1024;
const blockBytes = 4096;
/**
 * The API server and every HTTP library send pieces of kilobytes; a client that writes single values still sends some
 * bytes at once.
 */
const mostPieces = 10_000;
const leastPerPiece = 8;

export interface BodyBounds {
  /** A longer body is refused. */
  readonly limit: number;
  /** Only the beginning of a longer body is received, and its request stays paused. Absent: `limit`. */
  readonly keep?: number;
}

/**
 * Receives a body. Nothing of a refused one is held; its connection is read on, so that the client sees the answer.
 */
export function receiveBody(
  request: IncomingMessage,
  { limit, keep = limit }: BodyBounds,
  inflight: Inflight,
): Promise<Received> {
  const announced = Number(request.headers['content-length']);
  if (announced > limit) {
    request.resume();
    return Promise.resolve({ ok: false, why: 'too_large' });
  }
  return new Promise((resolve) => {
    let over = false;
    const finish = (received: Received) => {
      if (over) return;
      over = true;
      body.close();
      pieces.clear();
      resolve(received);
    };
    const body = inflight.open(() => finish({ ok: false, why: 'too_many_inflight' }));
    const pieces = createPieces();
    const most = announced > keep ? Math.min(beginning, keep) : keep;
    let size = 0;
    let count = 0;
    request.on('data', (chunk: Buffer) => {
      if (over) return;
      size += chunk.length;
      count += 1;
      if (size > limit) return finish({ ok: false, why: 'too_large' });
      if (count > mostPieces && size < count * leastPerPiece) return finish({ ok: false, why: 'fragmented' });
      pieces.add(chunk);
      if (size >= most && (size > keep || announced > keep)) {
        // The rest stays in the kernel: reading it would mean to decrypt it.
        request.pause();
        return finish({ ok: true, bytes: pieces.start(beginning), size: Math.max(size, announced || 0) });
      }
      body.grew(chunk.length);
    });
    request.on('end', () => finish({ ok: true, bytes: pieces.bytes(), size }));
    const gone = () => finish({ ok: false, why: 'gone' });
    request.on('error', gone);
    request.on('close', gone);
  });
}

/** A sequence of pieces; small ones are joined. */
function createPieces() {
  let list: Buffer[] = [];
  /** The block of small pieces at the end, which has room for more. */
  let block: Buffer | undefined;
  let used = 0;
  const seal = () => {
    if (block !== undefined) list.push(block.subarray(0, used));
    block = undefined;
    used = 0;
  };
  return {
    add(piece: Buffer) {
      if (piece.length >= smallPiece) {
        seal();
        list.push(piece);
        return;
      }
      if (block === undefined || used + piece.length > block.length) {
        seal();
        block = Buffer.allocUnsafeSlow(blockBytes);
      }
      used += piece.copy(block, used);
    },
    bytes() {
      seal();
      return list.length === 1 ? list[0]! : Buffer.concat(list);
    },
    /** A copy of the first `most` bytes. */
    start(most: number) {
      seal();
      const size = list.reduce((sum, piece) => sum + piece.length, 0);
      return Buffer.concat(list, Math.min(size, most));
    },
    clear() {
      list = [];
      block = undefined;
    },
  };
}
