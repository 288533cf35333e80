/**
 * A regular expression, without anchors, of the whole numbers between two numbers, both included. Zeros may stand in
 * front, and where `signed`, a minus before a zero.
 */
export function wholeNumbers(least: number, most: number, signed = true): string {
  const below = least < 0 ? [`-0*(?:${digits(Math.max(1, -most), -least)})`] : [];
  const zero = least <= 0 && most >= 0 ? [`${signed ? '-?' : ''}0+`] : [];
  const above = most > 0 ? [`0*(?:${digits(Math.max(1, least), most)})`] : [];
  return [...below, ...zero, ...above].join('|');
}

/** Positive numbers without zeros in front, by their lengths; lengths that are whole stand together. */
function digits(least: number, most: number): string {
  const [shortest, longest] = [String(least).length, String(most).length];
  const isWholeShort = least === 10 ** (shortest - 1);
  const isWholeLong = String(most) === '9'.repeat(longest);
  if (shortest === longest) return sameLength(String(least), String(most));
  const [from, to] = [isWholeShort ? shortest : shortest + 1, isWholeLong ? longest : longest - 1];
  return [
    ...(isWholeShort ? [] : [sameLength(String(least), '9'.repeat(shortest))]),
    ...(from > to ? [] : [`[1-9]${any(from - 1, to - 1)}`]),
    ...(isWholeLong ? [] : [sameLength(`1${'0'.repeat(longest - 1)}`, String(most))]),
  ].join('|');
}

/** Numbers of one length. */
function sameLength(low: string, high: string): string {
  if (low === '') return '';
  if (/^0*$/.test(low) && /^9*$/.test(high)) return any(low.length);
  const [first, last] = [Number(low[0]), Number(high[0])];
  const [lowRest, highRest] = [low.slice(1), high.slice(1)];
  if (first === last) return `${first}${grouped(sameLength(lowRest, highRest))}`;
  const isWholeFirst = /^0*$/.test(lowRest);
  const isWholeLast = /^9*$/.test(highRest);
  const [from, to] = [isWholeFirst ? first : first + 1, isWholeLast ? last : last - 1];
  return [
    ...(isWholeFirst ? [] : [`${first}${grouped(sameLength(lowRest, '9'.repeat(lowRest.length)))}`]),
    ...(from > to ? [] : [`${from === to ? from : `[${from}-${to}]`}${any(lowRest.length)}`]),
    ...(isWholeLast ? [] : [`${last}${grouped(sameLength('0'.repeat(highRest.length), highRest))}`]),
  ].join('|');
}

function any(least: number, most = least): string {
  if (most === 0) return '';
  if (least !== most) return `[0-9]{${least},${most}}`;
  return most === 1 ? '[0-9]' : `[0-9]{${most}}`;
}

function grouped(pattern: string): string {
  return pattern.includes('|') ? `(?:${pattern})` : pattern;
}

/** A comma list of one element or more, with spaces around each. */
export function commaList(element: string): string {
  return `\\s*(?:${element})\\s*(?:,\\s*(?:${element})\\s*)*`;
}
