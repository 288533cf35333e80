import { readFileSync } from 'node:fs';

/**
 * Bytes of memory that the process may still take. What it maps of files is not counted: the kernel takes it back when
 * it is wanted.
 *
 * @param limit of the process; 0 or undefined: none
 * @param readStatus what Linux says of the process
 */
export function memoryLeft(
  limit: number | undefined,
  readStatus: () => string = () => readFileSync('/proc/self/status', 'latin1'),
): number {
  if (limit === undefined || limit <= 0) return Number.POSITIVE_INFINITY;
  try {
    const held = /^RssAnon:\s+(\d+) kB$/m.exec(readStatus())?.[1];
    return held === undefined ? Number.POSITIVE_INFINITY : limit - Number(held) * 1024;
  } catch {
    // Elsewhere than on Linux nobody limits it either.
    return Number.POSITIVE_INFINITY;
  }
}
