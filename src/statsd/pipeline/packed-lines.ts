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
/** Samples and bytes of a line that is taken apart; others are read in full. */
const MOST_SAMPLES = 64;
const ROOM = 8192;

/**
 * Lines of several samples, `name:1|c:2|ms|@0.1`, taken apart into lines of one, which the table knows. Only where that
 * says the same for certain: no tags, no sections but factors, nothing that is not ASCII.
 */
export class PackedLines {
  /** The lines, with a newline behind each. */
  bytes = Buffer.alloc(0);
  /** What they take. */
  length = 0;

  /**
   * Takes a line apart.
   *
   * @param rest where its first value ends.
   * @returns how many lines there are now; 0: it has to be read in full.
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

/** How many samples there are; 0: it is not certain, or they are too many. */
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
    // A carriage return belongs to a section here, and at the end of a line to none.
    if (code > 127 || code === HASH || code === CR || samples > MOST_SAMPLES) return 0;
    if (code === BAR && ++bars > 1 && bytes[at + 1] !== AT) return 0;
    if (code !== COLON) continue;
    if (bars === 0) return 0;
    samples++;
    bars = 0;
  }
  return bars === 0 ? 0 : samples;
}

/** Writes a line for each sample. @returns their length. */
function apart(bytes: Buffer, line: number, nameLength: number, to: number, room: Buffer): number {
  let length = 0;
  for (let at = line + nameLength; at < to; ) {
    for (let i = 0; i < nameLength; i++) room[length++] = bytes[line + i]!;
    do room[length++] = bytes[at++]!;
    while (at < to && bytes[at] !== COLON);
    room[length++] = LF;
  }
  return length;
}
