/** What feeds on chunks of bytes; `rest` is how many bytes of an unfinished line it holds. */
export interface JsonLines {
  readonly write: (chunk: Buffer) => JsonLinesProblem | undefined;
  readonly rest: () => number;
}

export type JsonLinesProblem = 'not JSON' | 'line too long';

const newline = 0x0a;

/**
 * Splits bytes into lines and parses each as JSON. Cut at bytes, not characters: no byte of a multi-byte UTF-8 character
 * is a newline, so a chunk may end anywhere. Nothing more is read after a problem.
 * @param limit the longest line in bytes: what is held in memory
 */
export function jsonLines(limit: number, line: (value: unknown) => void): JsonLines {
  let parts: Buffer[] = [];
  let held = 0;

  const take = (last: Buffer): JsonLinesProblem | undefined => {
    const bytes = parts.length === 0 ? last : Buffer.concat([...parts, last]);
    parts = [];
    held = 0;
    if (bytes.length > limit) return 'line too long';
    const text = bytes.toString('utf8');
    if (text.trim() === '') return undefined;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return 'not JSON';
    }
    line(value);
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
      parts.push(chunk.subarray(start));
      held += chunk.length - start;
      return held > limit ? 'line too long' : undefined;
    },
    rest: () => held,
  };
}
