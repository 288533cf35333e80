/** What a regular expression takes, estimated from its text; never less than it really takes, where it is one. */
export interface RegexSize {
  /**
   * Instructions of its program, where a repeat is as many copies of what it repeats. Character classes that take time or
   * memory beyond their instruction count for as many as that; and it is not less than half the characters of the text.
   */
  readonly steps: number;
  /** Groups that are kept. */
  readonly groups: number;
}

const UNICODE = String.raw`\\[pP](?:\{[^}]{1,40}\}|.)`;
const CHARACTER = String.raw`\\x\{[0-9a-fA-F]*\}|\\x[0-9a-fA-F]{2}|\\[0-7]{1,3}|\\.|.`;
const TOKEN = new RegExp(
  [
    String.raw`\\Q(?<literal>.*?)(?:\\E|$)`,
    UNICODE,
    String.raw`\((?<named>\?P?<[^>)]*>)`,
    String.raw`\(\?[a-zA-Z-]*(?<flags>[:)])`,
    String.raw`\{(?<min>\d{1,4})(?<comma>,?)(?<max>\d{0,4})\}\??`,
    String.raw`[*+?]\??`,
    // A class begins.
    String.raw`\[\^?`,
    CHARACTER,
  ].join('|'),
  'suy',
);
/** A class within a class begins no range: a dash behind it is a character, or begins one itself. */
const CLASS_ITEM = new RegExp(
  String.raw`\[:\^?[a-z]+:\]|${UNICODE}|\\[dDsSwW]|(?<low>${CHARACTER})(?:-(?!\])(?<high>${CHARACTER}))?`,
  'suy',
);
const FOLDED = /\(\?[a-zA-Z]*i/;

// Measured with re2js: an instruction takes some 2 µs and at most 340 bytes, \pL 80 µs and 11 KB, a range of a class whose
// case is folded as much time for each 64 of its characters as an instruction.
const UNICODE_CLASS = 40;
const ITEMS_OF_STEP = 16;
const FOLDED_OF_STEP = 64;
/** No character above has another case. */
const LAST_WITH_CASE = 0x1e943;

/** Longer ones are not looked at: that would take seconds for a file of one expression that aliases repeat. */
const LONGEST = 100_000;

interface Group {
  /** Of alternatives that are over, and of this one up to its last element. */
  done: number;
  branch: number;
  /** What a repeat that comes next repeats. */
  last: number;
  readonly kept: boolean;
}

/**
 * Reads an expression of RE2's syntax once, without a recursion, and builds nothing. What is no expression gets some number:
 * to say so is the compiler's part.
 *
 * @see https://pkg.go.dev/regexp/syntax whose limits (1.4 million instructions, 128 MB of character classes) are each expression's own
 */
export function regexSize(text: string): RegexSize {
  if (text.length > LONGEST) return { steps: Math.ceil(text.length / 2), groups: 0 };
  const folded = FOLDED.test(text);
  const open: Group[] = [];
  let group = newGroup(false);
  let groups = 0;
  for (let at = 0; at < text.length; ) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)!;
    const [all] = token;
    const { literal, named, flags, min, comma, max } = token.groups!;
    at += all.length;
    if (min !== undefined) group.last = repeated(group.last, Number(min), comma === '' ? min : max!);
    else if (flags === ')') continue;
    else if (flags !== undefined || named !== undefined || all === '(') {
      open.push(group);
      group = newGroup(flags === undefined);
      if (group.kept) groups++;
    } else if (all === ')') {
      const inner = total(group) + (group.kept ? 2 : 0);
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
    else add(group, /^\\[pP]/.test(all) ? UNICODE_CLASS : 1);
  }
  // Groups that are not closed are an error; that they count keeps this from being less than what was read.
  const steps = [...open, group].reduce((sum, one) => sum + total(one), 2);
  return { steps: Math.max(steps, Math.ceil(text.length / 2)), groups };
}

function newGroup(kept: boolean): Group {
  return { done: 0, branch: 0, last: 0, kept };
}

function add(group: Group, size: number): void {
  group.branch += group.last;
  group.last = size;
}

/** A repeat behind it repeats its last character. */
function addLiteral(group: Group, length: number): void {
  if (length === 0) return;
  add(group, length - 1);
  add(group, 1);
}

/** An alternative without anything is an instruction too. */
function total({ done, branch, last }: Group): number {
  return done + Math.max(1, branch + last);
}

function repeated(size: number, min: number, max: string): number {
  if (max === '') return Math.max(1, min) * size + 2;
  const most = Number(max);
  return Math.max(1, most) * size + Math.max(0, most - min);
}

/** @param at behind the bracket, and behind a ^; a ] that stands there does not close it */
function classSize(text: string, at: number, folded: boolean): { readonly size: number; readonly end: number } {
  let items = 0;
  let size = 1;
  let end = at;
  while (end < text.length && (text[end] !== ']' || end === at)) {
    CLASS_ITEM.lastIndex = end;
    const item = CLASS_ITEM.exec(text)!;
    const { low, high } = item.groups!;
    end += item[0].length;
    items++;
    if (/^\\[pP]/.test(item[0])) size += UNICODE_CLASS;
    else if (folded && high !== undefined) {
      const characters = Math.min(codeOf(high), LAST_WITH_CASE) - codeOf(low!);
      size += Math.max(0, Math.floor(characters / FOLDED_OF_STEP));
    }
  }
  return { size: size + Math.floor(items / ITEMS_OF_STEP), end: end + 1 };
}

function codeOf(character: string): number {
  const [, hex] = /^\\x\{?([0-9a-fA-F]+)/.exec(character) ?? [];
  if (hex !== undefined) return Number.parseInt(hex, 16);
  return character.startsWith('\\') ? 0 : character.codePointAt(0)!;
}
