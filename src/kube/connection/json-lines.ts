import { parsedJson } from './api-answer.ts';
import { createByteBuffer } from './byte-buffer.ts';

/** Takes chunks of bytes; `rest` returns how many bytes of an unfinished line are held. */
export interface JsonLines {
  readonly write: (chunk: Buffer) => JsonLinesProblem | undefined;
  readonly rest: () => number;
}

/** Why a line cannot be read: `not JSON`, `line too long` or another reason. */
export type JsonLinesProblem = string;

const newline = 0x0a;

/**
 * Splits bytes into lines and parses each as JSON. A chunk may end within a character: no byte of a multi-byte UTF-8
 * character is a newline. Nothing is read after a problem.
 * @param limit the longest line in bytes, which is the most memory held
 */
export function jsonLines(limit: number, line: (value: unknown) => void): JsonLines {
  const held = createByteBuffer(limit);

  const take = (last: Buffer): JsonLinesProblem | undefined => {
    if (held.length() + last.length > limit) return 'line too long';
    const bytes = held.length() === 0 ? last : held.add(last) && held.take();
    if (bytes === false || isBlank(bytes)) return undefined;
    const read = parsedJson(bytes);
    if (!read.ok) return read.why;
    line(read.value);
    return undefined;
  };

  return {
    write: (chunk) => {
      let start = 0;
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
        const problem = take(chunk.subarray(start, end));
        if (problem !== undefined) return problem;
        start = end + 1;
      }
      if (start === chunk.length) return undefined;
      return held.add(chunk.subarray(start)) ? undefined : 'line too long';
    },
    rest: held.length,
  };
}

/** Spaces, tabs and carriage returns alone. */
function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
