import { closeSync, openSync, readSync } from 'node:fs';

/**
 * A 32-bit number that no sender can guess, so that nobody can choose lines whose hashes collide. From the kernel's
 * own source where it has a file: `node:crypto` costs 1 MB of memory for these four bytes.
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
    // No such file: not a Unix.
  }
  const { randomBytes } = await import('node:crypto');
  return randomBytes(4).readInt32LE();
}
