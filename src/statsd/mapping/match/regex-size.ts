/** The size of a regular expression, estimated from its text; for a valid one never less than the real size. */
export interface RegexSize {
  /**
   * Instructions of its program, where a repeat counts as copies of what it repeats. A character class that takes time
   * or memory beyond its instruction counts for as many as that. The number is at least half the characters of the
   * text.
   */
  readonly steps: number;
  /** The number of capturing groups. */
  readonly groups: number;
}

const unicode = String.raw`\\[pP](?:\{[^}]{1,40}\}|.)`;
const characterPattern = String.raw`\\x\{[0-9a-fA-F]*\}|\\x[0-9a-fA-F]{2}|\\[0-7]{1,3}|\\.|.`;
const tokenPattern = new RegExp(
  [
    String.raw`\\Q(?<literal>.*?)(?:\\E|$)`,
    unicode,
    String.raw`\((?<named>\?P?<[^>)]*>)`,
    String.raw`\(\?[a-zA-Z-]*(?<flags>[:)])`,
    String.raw`\{(?<min>\d{1,4})(?<comma>,?)(?<max>\d{0,4})\}\??`,
    String.raw`[*+?]\??`,
    // The beginning of a class.
    String.raw`\[\^?`,
    characterPattern,
  ].join('|'),
  'suy',
);
/** A class within a class begins no range: a dash behind it is a character, or begins a range itself. */
const classItem = new RegExp(
  String.raw`\[:\^?[a-z]+:\]|${unicode}|\\[dDsSwW]|(?<low>${characterPattern})(?:-(?!\])(?<high>${characterPattern}))?`,
  'suy',
);
const foldedPattern = /\(\?[a-zA-Z]*i/;

// Measured with re2js: an instruction takes about 2 µs and at most 340 bytes, \pL 80 µs and 11 KB; a range of a class
// with folded case takes the time of an instruction for each 64 of its characters.
const unicodeClass = 40;
const itemsOfStep = 16;
const foldedOfStep = 64;
/** No character above this one has another case. */
const lastWithCase = 0x1e943;

/** A longer expression is not read: it would take seconds for a file with one expression that aliases repeat. */
const longest = 100_000;

interface Group {
  /** The size of the alternatives before, and of this one up to its last element. */
  done: number;
  branch: number;
  /** The element that a following repeat would repeat. */
  last: number;
  readonly captures: boolean;
}

/**
 * Reads an expression of RE2's syntax once, without recursion, and builds nothing. An invalid expression gets some
 * number: the compiler will report it.
 *
 * @see https://pkg.go.dev/regexp/syntax whose limits (1.4 million instructions, 128 MB of character classes) hold for
 *   each expression
 */
export function regexSize(text: string): RegexSize {
  if (text.length > longest) return { steps: Math.ceil(text.length / 2), groups: 0 };
  const folded = foldedPattern.test(text);
  const open: Group[] = [];
  let group = newGroup(false);
  let groups = 0;
  for (let at = 0; at < text.length; ) {
    tokenPattern.lastIndex = at;
    const token = tokenPattern.exec(text)!;
    const [all] = token;
    const { literal, named, flags, min, comma, max } = token.groups!;
    at += all.length;
    if (min !== undefined) group.last = repeated(group.last, Number(min), comma === '' ? min : max!);
    else if (flags === ')') continue;
    else if (flags !== undefined || named !== undefined || all === '(') {
      open.push(group);
      group = newGroup(flags === undefined);
      if (group.captures) groups++;
    } else if (all === ')') {
      const inner = total(group) + (group.captures ? 2 : 0);
      group = open.pop() ?? newGroup(false);
      add(group, inner);
    } else if (all === '|') {
      group.done = total(group) + 1;
      group.branch = 0;
      group.last = 0;
    } else if (all.startsWith('[')) {
      const read = classSize(text, at, folded);
      at = read.end;
      add(group, read.size);
    } else if (/^[*+?]/.test(all)) group.last += all.startsWith('*') ? 2 : 1;
    else if (literal !== undefined) addLiteral(group, literal.length);
    else add(group, /^\\[pP]/.test(all) ? unicodeClass : 1);
  }
  // An unclosed group is an error. It counts all the same, so that the number is not below the size of the text so far.
  const steps = [...open, group].reduce((sum, one) => sum + total(one), 2);
  return { steps: Math.max(steps, Math.ceil(text.length / 2)), groups };
}

function newGroup(captures: boolean): Group {
  return { done: 0, branch: 0, last: 0, captures };
}

function add(group: Group, size: number): void {
  group.branch += group.last;
  group.last = size;
}

/** A repeat behind it repeats its last character only. */
function addLiteral(group: Group, length: number): void {
  if (length === 0) return;
  add(group, length - 1);
  add(group, 1);
}

/** An empty alternative is an instruction too. */
function total({ done, branch, last }: Group): number {
  return done + Math.max(1, branch + last);
}

function repeated(size: number, min: number, max: string): number {
  if (max === '') return Math.max(1, min) * size + 2;
  const most = Number(max);
  return Math.max(1, most) * size + Math.max(0, most - min);
}

/** @param at behind the bracket, and behind a ^; a ] at that place does not close the class */
function classSize(text: string, at: number, folded: boolean): { readonly size: number; readonly end: number } {
  let items = 0;
  let size = 1;
  let end = at;
  while (end < text.length && (text[end] !== ']' || end === at)) {
    classItem.lastIndex = end;
    const item = classItem.exec(text)!;
    const { low, high } = item.groups!;
    end += item[0].length;
    items++;
    if (/^\\[pP]/.test(item[0])) size += unicodeClass;
    else if (folded && high !== undefined) {
      const characters = Math.min(codeOf(high), lastWithCase) - codeOf(low!);
      size += Math.max(0, Math.floor(characters / foldedOfStep));
    }
  }
  return { size: size + Math.floor(items / itemsOfStep), end: end + 1 };
}

function codeOf(character: string): number {
  const [, hex] = /^\\x\{?([0-9a-fA-F]+)/.exec(character) ?? [];
  if (hex !== undefined) return Number.parseInt(hex, 16);
  return character.startsWith('\\') ? 0 : character.codePointAt(0)!;
}
