const hashByte = 35;
const commaByte = 44;
const zeroByte = 48;
const three = 51;
const nine = 57;
const colonByte = 58;
const lowerC = 99;
const lowerE = 101;
const lowerM = 109;
const lowerS = 115;
const open = 123;
const barByte = 124;
const close = 125;
const mostDigits = 9;

/** The result for an event. A result of 0 or more is the number of malformed tags of a service check. */
export const event = -2;
/** The line has to be read in full. */
export const unread = -1;

/**
 * Reads an event or a service check as `readMessage` does, but only what is counted.
 *
 * @param from the beginning of the line, which is `_`; the line is UTF-8.
 * @returns `event`; the number of malformed tags of a service check; or `unread`: the line is something else, or
 *   malformed.
 */
export function readMessageBytes(
  bytes: Buffer,
  from: number,
  to: number,
  { dogstatsdTags, valuelessTags }: { readonly dogstatsdTags: boolean; readonly valuelessTags: boolean },
): number {
  if (bytes[from + 1] === lowerE && bytes[from + 2] === open) return isEvent(bytes, from + 3, to) ? event : unread;
  if (bytes[from + 1] !== lowerS || bytes[from + 2] !== lowerC || bytes[from + 3] !== barByte) return unread;
  const status = sectionEnd(bytes, from + 4, to) + 1;
  if (status === from + 5 || status >= to || bytes[status]! < zeroByte || bytes[status]! > three) return unread;
  if (status + 1 < to && bytes[status + 1] !== barByte) return unread;
  let errors = 0;
  for (let at = status + 2; at <= to; ) {
    // The message is the last section, and may contain bars.
    if (bytes[at] === lowerM && bytes[at + 1] === colonByte) break;
    const end = sectionEnd(bytes, at, to);
    if (at < end && bytes[at] === hashByte && dogstatsdTags) errors += tagErrors(bytes, at + 1, end, valuelessTags);
    at = end + 1;
  }
  return errors;
}

/** `5,4}:title|text`, then a bar or the end. */
function isEvent(bytes: Buffer, from: number, to: number): boolean {
  let at = from;
  let title = 0;
  for (; bytes[at]! >= zeroByte && bytes[at]! <= nine; at++) title = title * 10 + bytes[at]! - zeroByte;
  if (title === 0 || at - from > mostDigits || bytes[at] !== commaByte) return false;
  const second = ++at;
  let text = 0;
  for (; bytes[at]! >= zeroByte && bytes[at]! <= nine; at++) text = text * 10 + bytes[at]! - zeroByte;
  if (at === second || at - second > mostDigits || bytes[at] !== close || bytes[at + 1] !== colonByte) return false;
  const titleEnd = at + 2 + title;
  const end = titleEnd + 1 + text;
  return end <= to && bytes[titleEnd] === barByte && (end === to || bytes[end] === barByte);
}

function sectionEnd(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== barByte) at++;
  return at;
}

/** See `readDogstatsdTags`. */
function tagErrors(bytes: Buffer, from: number, to: number, valueless: boolean): number {
  let errors = 0;
  for (let at = from; at < to; at++) {
    const start = bytes[at] === hashByte ? at + 1 : at;
    let colon = -1;
    let end = at;
    for (; end < to && bytes[end] !== commaByte; end++)
      if (colon < 0 && end >= start && bytes[end] === colonByte) colon = end;
    const isTag = colon > start && colon < end - 1;
    if (!isTag && !(valueless && colon < 0 && end > start)) errors++;
    at = end;
  }
  return errors;
}
