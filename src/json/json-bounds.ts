/** The most that one JSON text may hold. The text's own length is bounded by whoever received it. */
export interface JsonBounds {
  /** Lists and objects inside each other. */
  readonly depth: number;
  /** Lists, objects and the members of both, together. */
  readonly values: number;
}

export type JsonExcess = keyof JsonBounds;

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const openList = 0x5b;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

/**
 * The bound that a JSON text passes, or undefined where it keeps both. To be asked before `JSON.parse`: that makes some
 * 20 to 60 bytes of a `{},`, and as many levels as there are brackets, over which a recursive reader runs out of stack.
 *
 * One walk over the text, linear in its length (some 1 ns a byte); what is no JSON gets any answer, and `JSON.parse`
 * refuses it.
 * @param json text, or its UTF-8 (in which a byte below 128 is never part of another character).
 */
export function jsonExcess(json: string | Uint8Array, bounds: JsonBounds): JsonExcess | undefined {
  const codeAt = typeof json === 'string' ? (at: number) => json.charCodeAt(at) : (at: number) => json[at]!;
  const nextQuote =
    typeof json === 'string' ? (from: number) => json.indexOf('"', from) : (from: number) => json.indexOf(quote, from);
  let depth = 0;
  let values = 0;
  for (let at = 0; at < json.length; at++) {
    const code = codeAt(at);
    if (code === quote) {
      at = endOfString(at, codeAt, nextQuote);
      if (at < 0) return undefined;
    } else if (code === openList || code === openObject) {
      depth += 1;
      // The first member has no comma before it, so an opening bracket counts for itself and for that member's comma.
      values += 1;
      if (depth > bounds.depth) return 'depth';
      if (values > bounds.values) return 'values';
    } else if (code === comma) {
      values += 1;
      if (values > bounds.values) return 'values';
    } else if (code === closeList || code === closeObject) {
      depth -= 1;
    }
  }
  return undefined;
}

/** The position of the quote that ends the string which begins at `at`; -1 where nothing ends it. */
function endOfString(at: number, codeAt: (at: number) => number, nextQuote: (from: number) => number): number {
  for (let end = nextQuote(at + 1); end >= 0; end = nextQuote(end + 1)) {
    let first = end;
    // The runs of backslashes before two quotes never overlap, so looking back costs no more than the text once.
    while (first - 1 > at && codeAt(first - 1) === backslash) first -= 1;
    if ((end - first) % 2 === 0) return end;
  }
  return -1;
}
