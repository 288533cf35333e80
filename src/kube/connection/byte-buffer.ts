/** Collects chunks of bytes in one piece. */
export interface ByteBuffer {
  /** False: the limit would be exceeded; nothing was added. */
  readonly add: (chunk: Buffer) => boolean;
  readonly length: () => number;
  /** Returns all bytes and empties the buffer. */
  readonly take: () => Buffer;
}

/**
 * One buffer that grows, not a list of chunks: a server that sends single bytes would make an object of 200 bytes for
 * each.
 * @param expected the announced number of bytes; 0 where it is unknown
 */
export function createByteBuffer(limit: number, expected = 0): ByteBuffer {
  let buffer = Buffer.alloc(0);
  let length = 0;
  const grow = (needed: number) => {
    const next = Buffer.allocUnsafe(Math.min(limit, Math.max(needed, buffer.length * 2, expected, 1024)));
    buffer.copy(next, 0, 0, length);
    buffer = next;
  };
  return {
    add: (chunk) => {
      const needed = length + chunk.length;
      if (needed > limit) return false;
      if (needed > buffer.length) grow(needed);
      chunk.copy(buffer, length);
      length = needed;
      return true;
    },
    length: () => length,
    take: () => {
      const all = buffer.subarray(0, length);
      buffer = Buffer.alloc(0);
      length = 0;
      return all;
    },
  };
}
