import { Writable } from 'node:stream';

/** Takes what is written to it, and forgets it. */
export function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
