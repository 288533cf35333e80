import type { IncomingMessage } from 'node:http';

/** The memory that bodies being received may take together. */
export interface Inflight {
  bytes: number;
  readonly most: number;
}

export type Received =
  | { readonly ok: true; readonly bytes: Buffer }
  /** `gone`: the client went away or was too slow, and nobody is there to be answered. */
  | { readonly ok: false; readonly why: 'too_large' | 'too_many_inflight' | 'gone' };

/**
 * Receives at most `limit` bytes of a body. Nothing of one that is too large is kept; the connection goes on being read, so that the
 * client sees the answer.
 */
export function receiveBody(request: IncomingMessage, limit: number, inflight: Inflight): Promise<Received> {
  if (Number(request.headers['content-length']) > limit) {
    request.resume();
    return Promise.resolve({ ok: false, why: 'too_large' });
  }
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let over = false;
    const finish = (received: Received) => {
      inflight.bytes -= size;
      size = 0;
      over = true;
      chunks.length = 0;
      resolve(received);
    };
    request.on('data', (chunk: Buffer) => {
      if (over) return;
      size += chunk.length;
      inflight.bytes += chunk.length;
      if (size > limit) finish({ ok: false, why: 'too_large' });
      else if (inflight.bytes > inflight.most) finish({ ok: false, why: 'too_many_inflight' });
      else chunks.push(chunk);
    });
    request.on('end', () => {
      if (!over) finish({ ok: true, bytes: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) });
    });
    const gone = () => {
      if (!over) finish({ ok: false, why: 'gone' });
    };
    request.on('error', gone);
    request.on('close', gone);
  });
}
