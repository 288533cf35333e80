import { wrap } from '../text/wrap.ts';

/** A head and rows of as many cells; the same for a terminal and, with cells that are Markdown, for the docs. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The text of an empty cell on a terminal. */
const nothing = '-';
const gap = '  ';
/** A sentence narrower than this is not read any more: it goes below the other columns instead. */
const leastSentence = 36;

/**
 * Columns as wide as their widest cell. Where there is a `width` (a terminal) the last column, the sentence, is wrapped
 * to it, or stands below its row where the others leave no room; without one every row is one line, for grep.
 */
export function textTable({ head, rows }: Table, width?: number): string {
  const lines = [head.map((title) => title.toUpperCase()), ...rows.map((row) => row.map((cell) => cell || nothing))];
  const last = head.length - 1;
  const widths = head.slice(0, last).map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  const before = widths.reduce((sum, one) => sum + one + gap.length, 0);
  const isBelow = width !== undefined && width - before < leastSentence;
  const indent = isBelow ? gap.repeat(2) : ' '.repeat(before);
  const room = width === undefined ? Number.POSITIVE_INFINITY : width - indent.length;
  return lines
    .flatMap((line) => {
      const start = line.slice(0, last).map((cell, i) => cell.padEnd(widths[i]!) + gap);
      const [first = '', ...more] = wrap(line[last]!, room);
      const rest = (isBelow ? [first, ...more] : more).map((part) => indent + part);
      return [isBelow ? start.join('') : start.join('') + first, ...rest];
    })
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

/** A table as GitHub's Markdown has them, its cells taken as Markdown. */
export function markdownTable({ head, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text as code of Markdown; empty stays empty. */
export function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}
