import { readFileSync } from 'node:fs';

/**
 * Bytes of memory that the process may still take. Mapped files do not count: the kernel takes their memory back when
 * it needs it.
 *
 * @param limit of the process; 0 or undefined: none
 * @param readStatus reads the status of the process (Linux)
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
    // Other systems than Linux do not limit the process.
    return Number.POSITIVE_INFINITY;
  }
}
