import { createGathered } from './byte-buffer.ts';
import { parsedJson } from './http-answer.ts';

/** What feeds on chunks of bytes; `rest` is how many bytes of an unfinished line it holds. */
export interface JsonLines {
  readonly write: (chunk: Buffer) => JsonLinesProblem | undefined;
  readonly rest: () => number;
}

/** `not JSON`, `line too long`, or another reason why a line is not read. */
export type JsonLinesProblem = string;

const newline = 0x0a;

/**
 * Splits bytes into lines and parses each as JSON. Cut at bytes, not characters: no byte of a multi-byte UTF-8 character
 * is a newline, so a chunk may end anywhere. Nothing more is read after a problem.
 * @param limit the longest line in bytes: what is held in memory
 */
export function jsonLines(limit: number, line: (value: unknown) => void): JsonLines {
  const held = createGathered(limit);

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
