import type { Json } from '../json/json.ts';

/** A stream of JSON objects with an indentation of four spaces, as `kubectl … -o json` prints several objects. */
export function jsonStream(values: readonly Json[]): string {
  return values.map((value) => `${JSON.stringify(value, null, 4)}\n`).join('');
}
