const LF = 10;
const CR = 13;
const HASH = 35;
const COMMA = 44;
const COLON = 58;
const AT = 64;
const OPEN = 91;
const CLOSE = 93;
const UNDERSCORE = 95;
const BAR = 124;
/** The most samples and bytes of a line that is split; longer ones are read in full. */
const MOST_SAMPLES = 64;
const ROOM = 8192;

/**
 * Splits a line of several samples, `name:1|c:2|ms|@0.1`, into lines of one sample, which the line table knows. Only
 * where this means the same for certain: no tags, no sections but sampling factors, only ASCII.
 */
export class PackedLines {
  /** The lines, each with a newline. */
  bytes = Buffer.alloc(0);
  /** The number of their bytes. */
  length = 0;

  /**
   * Splits a line.
   *
   * @param rest the end of its first value.
   * @returns the number of lines; 0: the line has to be read in full.
   */
  apart(bytes: Buffer, line: number, nameLength: number, rest: number, end: number): number {
    const to = end > line && bytes[end - 1] === CR ? end - 1 : end;
    if (bytes[line] === UNDERSCORE || nameLength === 0) return 0;
    const samples = samplesOf(bytes, line, nameLength, rest, to);
    if (samples < 2 || samples * (nameLength + 1) + to - line > ROOM) return 0;
    if (this.bytes.length === 0) this.bytes = Buffer.allocUnsafeSlow(ROOM);
    this.length = apart(bytes, line, nameLength, to, this.bytes);
    return samples;
  }
}

/** The number of samples; 0: it is not certain, or too large. */
function samplesOf(bytes: Buffer, line: number, nameLength: number, rest: number, to: number): number {
  for (let at = line; at < line + nameLength; at++) {
    const code = bytes[at]!;
    if (code > 127 || code === COMMA || code === HASH || code === OPEN || code === CLOSE) return 0;
  }
  for (let at = line + nameLength + 1; at < rest; at++) if (bytes[at]! > 127 || bytes[at] === COLON) return 0;
  let samples = 1;
  let bars = 0;
  for (let at = rest; at < to; at++) {
    const code = bytes[at]!;
    // A carriage return belongs to a section here; at the end of a line it does not.
    if (code > 127 || code === HASH || code === CR || samples > MOST_SAMPLES) return 0;
    if (code === BAR && ++bars > 1 && bytes[at + 1] !== AT) return 0;
    if (code !== COLON) continue;
    if (bars === 0) return 0;
    samples++;
    bars = 0;
  }
  return bars === 0 ? 0 : samples;
}

/** Writes a line for each sample. @returns the number of bytes. */
function apart(bytes: Buffer, line: number, nameLength: number, to: number, target: Buffer): number {
  let length = 0;
  for (let at = line + nameLength; at < to; ) {
    for (let i = 0; i < nameLength; i++) target[length++] = bytes[line + i]!;
    do target[length++] = bytes[at++]!;
    while (at < to && bytes[at] !== COLON);
    target[length++] = LF;
  }
  return length;
}
