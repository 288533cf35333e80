const lfByte = 10;
const crByte = 13;
const hashByte = 35;
const commaByte = 44;
const colonByte = 58;
const atByte = 64;
const openByte = 91;
const closeByte = 93;
const underscoreByte = 95;
const barByte = 124;
/** The most samples and bytes of a line that is split; longer ones are read in full. */
const mostSamples = 64;
const room = 8192;

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
    const to = end > line && bytes[end - 1] === crByte ? end - 1 : end;
    if (bytes[line] === underscoreByte || nameLength === 0) return 0;
    const samples = samplesOf(bytes, line, nameLength, rest, to);
    if (samples < 2 || samples * (nameLength + 1) + to - line > room) return 0;
    if (this.bytes.length === 0) this.bytes = Buffer.allocUnsafeSlow(room);
    this.length = apart(bytes, line, nameLength, to, this.bytes);
    return samples;
  }
}

/** The number of samples; 0: it is not certain, or too large. */
function samplesOf(bytes: Buffer, line: number, nameLength: number, rest: number, to: number): number {
  for (let at = line; at < line + nameLength; at++) {
    const code = bytes[at]!;
    if (code > 127 || code === commaByte || code === hashByte || code === openByte || code === closeByte) return 0;
  }
  for (let at = line + nameLength + 1; at < rest; at++) if (bytes[at]! > 127 || bytes[at] === colonByte) return 0;
  let samples = 1;
  let bars = 0;
  for (let at = rest; at < to; at++) {
    const code = bytes[at]!;
    // A carriage return belongs to a section here; at the end of a line it does not.
    if (code > 127 || code === hashByte || code === crByte || samples > mostSamples) return 0;
    if (code === barByte && ++bars > 1 && bytes[at + 1] !== atByte) return 0;
    if (code !== colonByte) continue;
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
    while (at < to && bytes[at] !== colonByte);
    target[length++] = lfByte;
  }
  return length;
}
