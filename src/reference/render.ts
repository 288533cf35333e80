import { wrap } from '../text/wrap.ts';
import { entriesOf, type Reference, type Whole } from './reference.ts';
import { markdownTable, textTable } from './table.ts';

/** All of a reference, or what was found in it, as columns; `width` of the terminal, absent where there is none. */
export function tableOf<Entry>(
  reference: Reference<Entry>,
  entries: readonly Entry[] = entriesOf(reference),
  width?: number,
): string {
  return textTable(reference.columns(entries), width);
}

/** For programs; fields are added to it, never taken away. */
export function jsonOf<Entry>(
  reference: Reference<Entry>,
  version: string,
  entries: readonly Entry[] = entriesOf(reference),
): string {
  return `${JSON.stringify({ version, [reference.name]: entries }, null, 2)}\n`;
}

/** The tables of the docs, each part that has one of the entries under its heading. */
export function markdownOf<Entry>(
  reference: Reference<Entry>,
  entries: readonly Entry[] = entriesOf(reference),
): string {
  const chosen = new Set(entries);
  const parts = reference.parts
    .map(({ title, entries: own }) => ({ title, own: own.filter((entry) => chosen.has(entry)) }))
    .filter(({ own }) => own.length > 0);
  const tables = parts.map(({ title, own }) => ({ title, text: markdownTable(reference.markdown(own)) }));
  if (tables.length === 1) return `${tables[0]!.text}\n`;
  return tables.map(({ title, text }) => `## ${title}\n\n${text}\n`).join('\n');
}

/** Entries with all that is known of each, as paragraphs at most `width` wide. */
export function wholeOf<Entry>(reference: Reference<Entry>, entries: readonly Entry[], width: number): string {
  return entries.map((entry) => `${paragraphs(reference.whole(entry), width).join('\n')}\n`).join('\n');
}

function paragraphs({ title, sentence, facts }: Whole, width: number): string[] {
  const names = Math.max(...facts.map(([name]) => name.length)) + 2;
  const rows = facts.flatMap(([name, text]) =>
    wrap(text, width - names - 2).map((line, i) => `  ${(i === 0 ? name : '').padEnd(names)}${line}`),
  );
  return [title, '', ...wrap(sentence, width), '', ...rows];
}
