/** Keys of known lines are words of four bytes in memory, compared and hashed one word at a time. */

/**
 * The number of words for a number of bytes; the last word overlaps the one before unless the number is a multiple of
 * four.
 */
export function words(length: number): number {
  return (length + 3) >> 2;
}

/** The number of words for the two parts of a key; the upper and the lower 16 bits are their lengths. */
export function keyWords(lengths: number): number {
  return words(lengths >>> 16) + words(lengths & 0xffff);
}

/** The word that ends with the last byte; of fewer than four bytes, these bytes alone. */
export function lastWord(view: DataView, from: number, length: number): number {
  if (length >= 4) return view.getInt32(from + length - 4, true);
  let word = 0;
  for (let at = from; at < from + length; at++) word = (word << 8) | view.getUint8(at);
  return word;
}

/**
 * A polynomial over words at a secret place. Each word is mixed before, outside the chain of multiplications that takes
 * the time: a product carries only upwards, and the last characters of a name are in the upper bits.
 */
function hashed(view: DataView, from: number, length: number, start: number, multiplier: number): number {
  const last = from + length - 4;
  let hash = start;
  for (let at = from; at < last; at += 4) hash = step(hash, view.getInt32(at, true), multiplier);
  return step(hash, lastWord(view, from, length), multiplier);
}

/** Adds one more word to a hash. */
export function step(hash: number, word: number, multiplier: number): number {
  return (Math.imul(hash, multiplier) + Math.imul(word ^ (word >>> 15), 0x85ebca6b)) | 0;
}

/**
 * Finishes the hash of a key: all bits reach the lower bits. The lengths count too: since the last word overlaps the
 * one before, five, six, seven and eight times the same character are the same words.
 */
export function folded(hash: number, lengths: number): number {
  const whole = hash + Math.imul(lengths, 0x9e3779b1);
  const once = Math.imul(whole ^ (whole >>> 15), 0x2c1b3c6d);
  return once ^ (once >>> 13);
}

/** The hash of the key whose parts lie at these places of `view`. */
export function hashOf(
  view: DataView,
  name: number,
  nameLength: number,
  rest: number,
  restLength: number,
  multiplier: number,
): number {
  const hash = hashed(view, rest, restLength, hashed(view, name, nameLength, 0, multiplier), multiplier);
  return folded(hash, (nameLength << 16) | restLength);
}

/** Whether the part of a key that begins at a word equals the bytes at a place of `view`. */
export function isSame(keys: Int32Array, start: number, view: DataView, from: number, length: number): boolean {
  const last = from + length - 4;
  let key = start;
  for (let at = from; at < last; at += 4) if (keys[key++] !== view.getInt32(at, true)) return false;
  return keys[key] === lastWord(view, from, length);
}

/** Writes a part of a key from a word on. @returns the next word. */
export function store(keys: Int32Array, start: number, view: DataView, from: number, length: number): number {
  const last = from + length - 4;
  let key = start;
  for (let at = from; at < last; at += 4) keys[key++] = view.getInt32(at, true);
  keys[key++] = lastWord(view, from, length);
  return key;
}

/** The text of a key or a part: a number of bytes from a word on. */
export function textOf(keys: Int32Array, start: number, length: number): string {
  const bytes = Buffer.alloc(length);
  const end = start + words(length) - 1;
  const last = keys[end]!;
  for (let word = start; word < end; word++) bytes.writeInt32LE(keys[word]!, (word - start) * 4);
  if (length >= 4) bytes.writeInt32LE(last, length - 4);
  else for (let at = 0; at < length; at++) bytes[at] = last >>> ((length - 1 - at) * 8);
  return bytes.toString('utf8');
}
