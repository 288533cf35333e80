const HASH = 35;
const COMMA = 44;
const ZERO = 48;
const THREE = 51;
const NINE = 57;
const COLON = 58;
const LOWER_C = 99;
const LOWER_E = 101;
const LOWER_M = 109;
const LOWER_S = 115;
const OPEN = 123;
const BAR = 124;
const CLOSE = 125;
const MOST_DIGITS = 9;

/** The result for an event. A result of 0 or more is the number of malformed tags of a service check. */
export const EVENT = -2;
/** The line has to be read in full. */
export const UNREAD = -1;

/**
 * Reads an event or a service check as `readMessage` does, but only what is counted.
 *
 * @param from the beginning of the line, which is `_`; the line is UTF-8.
 * @returns `EVENT`; the number of malformed tags of a service check; or `UNREAD`: the line is something else, or
 *   malformed.
 */
export function readMessageBytes(
  bytes: Buffer,
  from: number,
  to: number,
  { dogstatsdTags, valuelessTags }: { readonly dogstatsdTags: boolean; readonly valuelessTags: boolean },
): number {
  if (bytes[from + 1] === LOWER_E && bytes[from + 2] === OPEN) return isEvent(bytes, from + 3, to) ? EVENT : UNREAD;
  if (bytes[from + 1] !== LOWER_S || bytes[from + 2] !== LOWER_C || bytes[from + 3] !== BAR) return UNREAD;
  const status = sectionEnd(bytes, from + 4, to) + 1;
  if (status === from + 5 || status >= to || bytes[status]! < ZERO || bytes[status]! > THREE) return UNREAD;
  if (status + 1 < to && bytes[status + 1] !== BAR) return UNREAD;
  let errors = 0;
  for (let at = status + 2; at <= to; ) {
    // The message is the last section, and may contain bars.
    if (bytes[at] === LOWER_M && bytes[at + 1] === COLON) break;
    const end = sectionEnd(bytes, at, to);
    if (at < end && bytes[at] === HASH && dogstatsdTags) errors += tagErrors(bytes, at + 1, end, valuelessTags);
    at = end + 1;
  }
  return errors;
}

/** `5,4}:title|text`, then a bar or the end. */
function isEvent(bytes: Buffer, from: number, to: number): boolean {
  let at = from;
  let title = 0;
  for (; bytes[at]! >= ZERO && bytes[at]! <= NINE; at++) title = title * 10 + bytes[at]! - ZERO;
  if (title === 0 || at - from > MOST_DIGITS || bytes[at] !== COMMA) return false;
  const second = ++at;
  let text = 0;
  for (; bytes[at]! >= ZERO && bytes[at]! <= NINE; at++) text = text * 10 + bytes[at]! - ZERO;
  if (at === second || at - second > MOST_DIGITS || bytes[at] !== CLOSE || bytes[at + 1] !== COLON) return false;
  const titleEnd = at + 2 + title;
  const end = titleEnd + 1 + text;
  return end <= to && bytes[titleEnd] === BAR && (end === to || bytes[end] === BAR);
}

function sectionEnd(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== BAR) at++;
  return at;
}

/** See `readDogstatsdTags`. */
function tagErrors(bytes: Buffer, from: number, to: number, valueless: boolean): number {
  let errors = 0;
  for (let at = from; at < to; at++) {
    const start = bytes[at] === HASH ? at + 1 : at;
    let colon = -1;
    let end = at;
    for (; end < to && bytes[end] !== COMMA; end++) if (colon < 0 && end >= start && bytes[end] === COLON) colon = end;
    const isTag = colon > start && colon < end - 1;
    if (!isTag && !(valueless && colon < 0 && end > start)) errors++;
    at = end;
  }
  return errors;
}
