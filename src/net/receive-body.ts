import type { IncomingMessage } from 'node:http';
import type { Inflight } from './inflight.ts';

export type Received =
  /** `bytes`: the whole body; only its beginning where it is longer than what was to be kept. `size`: of the whole. */
  | { readonly ok: true; readonly bytes: Buffer; readonly size: number }
  /**
   * `gone`: the client went away or was too slow, and nobody is there to be answered. `fragmented`: it came in pieces so
   * small that taking them costs more than what is in them.
   */
  | { readonly ok: false; readonly why: 'too_large' | 'too_many_inflight' | 'fragmented' | 'gone' };

/** What is held of a body that is longer than `keep`. */
const beginning = 16 * 1024;
/** Pieces below this are put together: each piece by itself takes some 200 bytes more. */
const smallPiece = 1024;
const blockBytes = 4096;
/** The API server and every HTTP library send pieces of kilobytes; one that writes single values still sends some bytes. */
const mostPieces = 10_000;
const leastPerPiece = 8;

export interface BodyBounds {
  /** A longer body is refused. */
  readonly limit: number;
  /** Of a longer body only the beginning is held, though it is received to its end. Without it: `limit`. */
  readonly keep?: number;
}

/**
 * Receives a body. Nothing of one that is refused is held; the connection goes on being read, so that the client sees the
 * answer.
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
    const pieces = createPieces(announced > keep ? 0 : keep);
    let size = 0;
    let count = 0;
    request.on('data', (chunk: Buffer) => {
      if (over) return;
      size += chunk.length;
      count += 1;
      if (size > limit) return finish({ ok: false, why: 'too_large' });
      if (count > mostPieces && size < count * leastPerPiece) return finish({ ok: false, why: 'fragmented' });
      body.grew(pieces.add(chunk));
    });
    request.on('end', () => finish({ ok: true, bytes: pieces.bytes(), size }));
    const gone = () => finish({ ok: false, why: 'gone' });
    request.on('error', gone);
    request.on('close', gone);
  });
}

interface Pieces {
  /** How many bytes more (or, below zero, fewer) are held now. */
  add(piece: Buffer): number;
  bytes(): Buffer;
  clear(): void;
}

/** Holds pieces, all of them up to `keep` bytes; beyond that only the beginning. */
function createPieces(keep: number): Pieces {
  let list: Buffer[] = [];
  let size = 0;
  /** The last of the list, where it has room for more. */
  let block: Buffer | undefined;
  let used = 0;
  let cut = false;
  const push = (piece: Buffer) => {
    if (piece.length >= smallPiece) {
      seal();
      list.push(piece);
    } else {
      if (block === undefined || used + piece.length > block.length) {
        seal();
        block = Buffer.allocUnsafeSlow(blockBytes);
      }
      used += piece.copy(block, used);
    }
    size += piece.length;
  };
  const seal = () => {
    if (block !== undefined) list.push(block.subarray(0, used));
    block = undefined;
    used = 0;
  };
  const bytes = () => {
    seal();
    return list.length === 1 ? list[0]! : Buffer.concat(list);
  };
  return {
    add(piece) {
      const before = size;
      if (!cut && size + piece.length > keep) {
        cut = true;
        // A copy: part of a buffer holds the whole.
        const head = Buffer.from(bytes().subarray(0, beginning));
        list = [];
        size = 0;
        if (head.length > 0) push(head);
      }
      if (!cut) push(piece);
      else if (size < beginning) push(Buffer.from(piece.subarray(0, beginning - size)));
      return size - before;
    },
    bytes,
    clear() {
      list = [];
      block = undefined;
    },
  };
}
