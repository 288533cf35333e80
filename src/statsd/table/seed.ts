import { closeSync, openSync, readSync } from 'node:fs';

/**
 * A 32-bit number that no sender can guess, so that a sender cannot choose lines whose hashes collide. It comes from
 * the file of the kernel where there is one: `node:crypto` costs 1 MB of memory for these four bytes.
 */
export async function randomSeed(source = '/dev/urandom'): Promise<number> {
  try {
    const file = openSync(source, 'r');
    try {
      const bytes = Buffer.alloc(4);
      if (readSync(file, bytes) === 4) return bytes.readInt32LE();
    } finally {
      closeSync(file);
    }
  } catch {
    // There is no such file: not a Unix.
  }
  const { randomBytes } = await import('node:crypto');
  return randomBytes(4).readInt32LE();
}
