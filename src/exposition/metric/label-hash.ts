import type { Labels } from './family.ts';

/** The hash of a text. Code that hashes the bytes of an ASCII text gets the same number. */
export function textHash(text: string): number {
  return labelMixed(textInto(firstHash, text));
}

/** Between a name and its value: no byte. */
export const between = 256;
export const firstHash = 0x41c6ce57;

/** Takes one more character into the hash of a label. */
export function labelStep(hash: number, code: number): number {
  const next = Math.imul(hash ^ code, 0x85ebca6b);
  return next ^ (next >>> 15);
}

/** The hash of a label that is complete. */
export function labelMixed(hash: number): number {
  const next = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  return next ^ (next >>> 15);
}

/**
 * The hash of a label set: the sum of the hashes of its labels, so the order of the labels does not matter. The hash of
 * a label covers its name, `between` and its value. Code that hashes the bytes of ASCII labels gets the same number. A
 * label with an empty value is left out.
 */
export function labelsHash(labels: Labels): number {
  let sum = 0;
  for (const [name, value] of labels) {
    if (value !== '') sum = (sum + labelMixed(textInto(labelStep(textInto(firstHash, name), between), value))) | 0;
  }
  return sum;
}

/** Takes the characters of a text into a hash. */
export function textInto(start: number, text: string): number {
  let hash = start;
  for (let i = 0; i < text.length; i++) hash = labelStep(hash, text.charCodeAt(i));
  return hash;
}
