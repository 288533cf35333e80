import type { Table } from './table.ts';

/**
 * A table that people look things up in, of entries of one sort. What is printed and what stands in the docs is made
 * from it.
 */
export interface Reference<Entry> {
  /** The command that prints it, and its key in JSON. */
  readonly name: string;
  /** What one entry is: "annotation". */
  readonly one: string;
  /** All entries in the parts and the order of the docs. */
  readonly parts: readonly Part<Entry>[];
  /** Everything that an entry can be asked for by, for completion and for finding what was meant. */
  readonly words: readonly string[];
  find(word: string): Found<Entry>;
  /** Why a word that nothing was found for is none that can be asked for, where that is known. */
  refusal?(word: string): string | undefined;
  /** For a terminal: the columns that fit, the sentence last. */
  columns(entries: readonly Entry[]): Table;
  /** For the docs, in Markdown. */
  markdown(entries: readonly Entry[]): Table;
  whole(entry: Entry): Whole;
}

export interface Part<Entry> {
  /** As the docs mark it. */
  readonly id: string;
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** `one`: the word named what was found, so all that is known of it is told. `some`: a pattern that fits many. */
export type Found<Entry> =
  | { readonly how: 'one' | 'some'; readonly entries: readonly Entry[] }
  | { readonly how: 'none' };

/** All that is known of one entry. */
export interface Whole {
  readonly title: string;
  readonly sentence: string;
  readonly facts: readonly (readonly [name: string, text: string])[];
}

export function entriesOf<Entry>({ parts }: Reference<Entry>): readonly Entry[] {
  return parts.flatMap(({ entries }) => entries);
}
