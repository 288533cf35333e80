import type { Json } from '../json/json.ts';

/** Objects one after the other with four spaces, as `kubectl … -o json` prints what it reads from a stream. */
export function jsonStream(values: readonly Json[]): string {
  return values.map((value) => `${JSON.stringify(value, null, 4)}\n`).join('');
}
