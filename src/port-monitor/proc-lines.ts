const lineFeed = 0x0a;
const space = 0x20;
const tab = 0x09;
const zero = 0x30;
const nine = 0x39;

/** The lines that end in a line feed; bytes after the last one are an incomplete line and left out. */
export function* wholeLines(bytes: Buffer): Generator<Buffer> {
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(lineFeed, start);
    if (end === -1) return;
    yield bytes.subarray(start, end);
    start = end + 1;
  }
}

/** The start and end of each word of a line; spaces or tabs separate words. */
export function* words(line: Buffer): Generator<readonly [start: number, end: number]> {
  let at = 0;
  while (at < line.length) {
    while (at < line.length && isBlank(line[at]!)) at++;
    const start = at;
    while (at < line.length && !isBlank(line[at]!)) at++;
    if (at > start) yield [start, at];
  }
}

/** The number of the decimal digits from `start` to `end`; undefined for other bytes or more than 20 digits (2^64). */
export function digits(line: Buffer, start: number, end: number): number | undefined {
  if (end === start || end - start > 20) return undefined;
  let value = 0;
  for (let at = start; at < end; at++) {
    const byte = line[at]!;
    if (byte < zero || byte > nine) return undefined;
    value = value * 10 + (byte - zero);
  }
  return value;
}

function isBlank(byte: number): boolean {
  return byte === space || byte === tab;
}
