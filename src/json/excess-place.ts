import type { JsonBounds } from './json-bounds.ts';

/** A list or an object that is open: where in it the reader is. */
interface Open {
  readonly list: boolean;
  /** The member, by its position. */
  index: number;
  /** The key of the member, as it stands in the text; undefined in a list. */
  key: string | undefined;
}

/** A key that is longer is told by its beginning. */
const longestKey = 60;

/**
 * Where a JSON text passes the bounds, as a JSON pointer (RFC 6901), for a text of which `jsonExcess` says that it
 * does. The pointer names what is open there, keys as they stand in the text.
 */
export function excessPlace(json: string, bounds: JsonBounds): string {
  const open: Open[] = [];
  let values = 0;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    const top = open.at(-1);
    if (character === '"') {
      const end = endOfString(json, at);
      if (top !== undefined && !top.list && top.key === undefined)
        top.key = json.slice(at + 1, end).slice(0, longestKey);
      at = end;
    } else if (character === '[' || character === '{') {
      open.push({ list: character === '[', index: 0, key: undefined });
      values++;
    } else if (character === ',') {
      if (top !== undefined) {
        top.index++;
        top.key = undefined;
      }
      values++;
    } else if (character === ']' || character === '}') open.pop();
    if (values > bounds.values || open.length > bounds.depth) break;
  }
  return open.map(({ list, index, key }) => `/${list ? index : (key ?? index)}`).join('');
}

function endOfString(json: string, at: number): number {
  for (let end = at + 1; end < json.length; end++) {
    if (json[end] === '\\') end++;
    else if (json[end] === '"') return end;
  }
  return json.length;
}
