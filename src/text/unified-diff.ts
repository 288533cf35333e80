import { afterBreak, lineEnd, lineOf, lineStarts } from './line-offsets.ts';
import { applyEdits, sorted, type TextEdit } from './text-edit.ts';

/** The number of unchanged lines around a change. */
export const contextLines = 3;

/** Lines of the text that are replaced: numbers from 0, `end` is the first line behind them. */
interface Change {
  start: number;
  end: number;
  readonly lines: readonly string[];
}

/**
 * The unified diff of a text and its edits, as `diff -u` writes it; empty where the edits change nothing.
 *
 * @param names of the text before and after, for the two header lines
 */
export function unifiedDiff(
  text: string,
  edits: readonly TextEdit[],
  names: { readonly before: string; readonly after: string },
): string {
  const starts = lineStarts(text);
  const lines = starts.map((start, i) => text.slice(start, starts[i + 1] ?? text.length));
  if (lines.at(-1) === '') lines.pop();
  const changes = changesOf(text, starts, lines, edits);
  if (changes.length === 0) return '';
  const hunks: string[] = [];
  let shift = 0;
  for (const group of grouped(changes)) {
    hunks.push(hunk(lines, group, shift));
    for (const { start, end, lines: added } of group) shift += added.length - (end - start);
  }
  return `--- ${names.before}\n+++ ${names.after}\n${hunks.join('')}`;
}

function changesOf(
  text: string,
  starts: readonly number[],
  lines: readonly string[],
  edits: readonly TextEdit[],
): Change[] {
  const regions: { start: number; end: number; edits: TextEdit[] }[] = [];
  for (const edit of sorted(edits)) {
    const start = lineOf(starts, edit.start);
    const end = lineOf(starts, edit.end) + 1;
    const last = regions.at(-1);
    if (last !== undefined && start < last.end) {
      last.end = Math.max(last.end, end);
      last.edits.push(edit);
    } else {
      regions.push({ start, end, edits: [edit] });
    }
  }
  return regions.flatMap(({ start, end, edits: own }) => {
    const from = starts[start]!;
    const to = starts[end] ?? text.length;
    const moved = own.map((edit) => ({ ...edit, start: edit.start - from, end: edit.end - from }));
    return trimmed(lines, start, Math.min(end, lines.length), splitLines(applyEdits(text.slice(from, to), moved)));
  });
}

function splitLines(text: string): string[] {
  const lines: string[] = [];
  for (let at = 0; at < text.length; ) {
    const next = afterBreak(text, lineEnd(text, at));
    lines.push(text.slice(at, next));
    at = next;
  }
  return lines;
}

/** A change without the lines at both ends that stay as they are. */
function trimmed(lines: readonly string[], start: number, end: number, added: readonly string[]): readonly Change[] {
  let [from, to] = [0, added.length];
  while (start < end && from < to && lines[start] === added[from]) [start, from] = [start + 1, from + 1];
  while (start < end && from < to && lines[end - 1] === added[to - 1]) [end, to] = [end - 1, to - 1];
  return start === end && from === to ? [] : [{ start, end, lines: added.slice(from, to) }];
}

function grouped(changes: readonly Change[]): Change[][] {
  const groups: Change[][] = [];
  for (const change of changes) {
    const last = groups.at(-1)?.at(-1);
    if (last !== undefined && change.start - last.end <= 2 * contextLines) groups.at(-1)!.push(change);
    else groups.push([change]);
  }
  return groups;
}

function hunk(lines: readonly string[], changes: readonly Change[], shift: number): string {
  const start = Math.max(0, changes[0]!.start - contextLines);
  const end = Math.min(lines.length, changes.at(-1)!.end + contextLines);
  const body: string[] = [];
  let at = start;
  let added = 0;
  for (const change of changes) {
    body.push(...lines.slice(at, change.start).map((line) => marked(' ', line)));
    body.push(...lines.slice(change.start, change.end).map((line) => marked('-', line)));
    body.push(...change.lines.map((line) => marked('+', line)));
    added += change.lines.length - (change.end - change.start);
    at = change.end;
  }
  body.push(...lines.slice(at, end).map((line) => marked(' ', line)));
  const length = end - start;
  return `@@ -${range(start, length)} +${range(start + shift, length + added)} @@\n${body.join('')}`;
}

/** The range of a hunk. An empty range names the line before it. */
function range(start: number, length: number): string {
  if (length === 0) return `${start},0`;
  return length === 1 ? String(start + 1) : `${start + 1},${length}`;
}

function marked(sign: string, line: string): string {
  return /[\r\n]$/.test(line) ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`;
}
