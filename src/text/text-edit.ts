import { afterBreak, lineEnd, lineStart } from './line-offsets.ts';

/** Replaces the text between two offsets. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The text with its edits made. They may come in any order and must not overlap; of two at one offset the first stays
 * first.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  if (edits.length === 0) return text;
  let result = '';
  let at = 0;
  for (const edit of sorted(edits)) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

/** Sorts edits by offset; an insertion comes before a deletion that begins at the same offset. */
export function sorted(edits: readonly TextEdit[]): readonly TextEdit[] {
  return edits.toSorted((a, b) => a.start - b.start || Number(a.end > a.start) - Number(b.end > b.start));
}

/**
 * Collects the edits of a text. Whole lines are deleted by run, so that a text without a last line break keeps having
 * none.
 */
export class Edits {
  readonly #text: string;
  readonly #edits: TextEdit[] = [];
  readonly #deleted: { start: number; end: number }[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  replace(start: number, end: number, text: string): void {
    if (end > start || text !== '') this.#edits.push({ start, end, text });
  }

  /** Deletes the lines from that of `first` to that of `last`. */
  deleteLines(first: number, last: number): void {
    this.#deleted.push({ start: lineStart(this.#text, first), end: lineEnd(this.#text, last) });
  }

  all(): readonly TextEdit[] {
    const edits = [...this.#edits];
    let run: { start: number; end: number } | undefined;
    for (const lines of this.#deleted.toSorted((a, b) => a.start - b.start)) {
      if (run !== undefined && afterBreak(this.#text, run.end) >= lines.start) {
        run.end = Math.max(run.end, lines.end);
        continue;
      }
      if (run !== undefined) edits.push(this.#deletion(run));
      run = { ...lines };
    }
    if (run !== undefined) edits.push(this.#deletion(run));
    return sorted(edits);
  }

  #deletion({ start, end }: { start: number; end: number }): TextEdit {
    const next = afterBreak(this.#text, end);
    if (next > end || start === 0) return { start, end: next, text: '' };
    const before = this.#text.slice(0, start).endsWith('\r\n') ? 2 : 1;
    return { start: start - before, end, text: '' };
  }
}
