import type * as Zlib from 'node:zlib';

/** A piece of a page, compressed so that it can follow any other piece. */
export interface Deflated {
  /**
   * Deflate blocks (RFC 1951) that end at a byte and refer to nothing before them; none is the last one of its stream.
   */
  readonly bytes: Buffer;
  /** Bytes before compression, and their CRC-32. */
  readonly size: number;
  readonly crc: number;
}

/** No file name, no time, fastest, from Unix (RFC 1952 §2.3). */
const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 3]);
/** An empty deflate block that is the last one of its stream. */
const lastBlock = [3, 0];
const polynomial = 0xedb88320;
const one = 0x80000000;

/** a(x) * b(x) modulo the polynomial of the CRC, bits reflected; `a` is not 0. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = one, rest = b; ; bit >>>= 1) {
    if ((a & bit) !== 0) {
      product ^= rest;
      if ((a & (bit - 1)) === 0) return product >>> 0;
    }
    rest = (rest & 1) === 0 ? rest >>> 1 : (rest >>> 1) ^ polynomial;
  }
}

/** x^(8 * bytes): the factor by which so many bytes after it change a CRC. */
function shift(bytes: number): number {
  let result = one;
  let power = 0x00800000;
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply(power, result);
    power = multiply(power, power);
  }
  return result;
}

/**
 * The CRC-32 of two pieces in sequence, from the CRC of each and the length of the second (as zlib's crc32_combine).
 */
export function combineCrc(first: number, second: number, secondBytes: number): number {
  return (multiply(shift(secondBytes), first) ^ second) >>> 0;
}

/**
 * Compresses a piece. At level 1: 8.7 MB take 8 ms, 13 in pieces of 64 KiB; level 6 makes the page 5 % smaller in twice
 * the time.
 */
export function deflate({ deflateRawSync, crc32, constants }: typeof Zlib, piece: Uint8Array): Deflated {
  const bytes = deflateRawSync(piece, { level: constants.Z_BEST_SPEED, finishFlush: constants.Z_SYNC_FLUSH });
  // The result of zlib is the beginning of a much larger buffer.
  const exact = Buffer.allocUnsafeSlow(bytes.length);
  exact.set(bytes);
  return { bytes: exact, size: piece.length, crc: crc32(piece) };
}

/**
 * One gzip member of all pieces. A sequence of members would be valid gzip too and need no CRC of the whole, but some
 * programs read the first member alone.
 */
export function joinGzip(pieces: readonly Deflated[]): readonly Buffer[] {
  let crc = 0;
  let size = 0;
  for (const piece of pieces) {
    crc = combineCrc(crc, piece.crc, piece.size);
    size += piece.size;
  }
  const tail = Buffer.alloc(lastBlock.length + 8);
  tail.set(lastBlock);
  tail.writeUInt32LE(crc, 2);
  tail.writeUInt32LE(size % 2 ** 32, 6);
  return [head, ...pieces.map(({ bytes }) => bytes), tail];
}
