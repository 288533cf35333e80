import { lintReasons, reasons } from '../inject/outcome/reasons.ts';
import type { Part, Reference } from './reference.ts';
import { code } from './table.ts';

/** A reason in the reference; its fields are those of the JSON output. */
export interface ReasonEntry {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  /** The outcome that it makes; `none` where it only goes with one. */
  readonly leads: 'invalid' | 'skipped' | 'unchanged' | 'none';
  readonly sentence: string;
  readonly action: string;
}

/** The outcome of the object, in words. */
const outcomes: Readonly<Record<ReasonEntry['leads'], string>> = {
  invalid: 'invalid: no sidecar, the status says why; refused where it is required, or with --on-invalid=deny',
  skipped: 'skipped: no sidecar, the status says why; refused where it is required',
  unchanged: 'unchanged: the object stays as it is',
  none: 'none: it only goes with an outcome',
};

const entriesOf = (catalogue: Readonly<Record<string, Omit<ReasonEntry, 'code'>>>): readonly ReasonEntry[] =>
  Object.entries(catalogue).map(([name, entry]) => ({ code: name, ...entry }));

const parts: readonly Part<ReasonEntry>[] = [
  { id: 'reasons', title: 'Reasons', entries: entriesOf(reasons) },
  { id: 'lint', title: 'What lint finds besides', entries: entriesOf(lintReasons) },
];
const all = parts.flatMap(({ entries }) => entries);

/** Every reason that a decision can have, and what is found in manifests besides. */
export const reasonReference: Reference<ReasonEntry> = {
  name: 'reasons',
  one: 'reason',
  parts,
  words: all.map(({ code: name }) => name),
  find(word) {
    const found = all.filter((entry) => entry.code === word);
    return found.length === 0 ? { how: 'none' } : { how: 'one', entries: found };
  },
  columns: (some) => ({
    head: ['code', 'severity', 'leads to', 'what it says', 'what to do'],
    rows: some.map((one) => [one.code, one.severity, leadsTo(one), one.sentence, one.action]),
  }),
  markdown: (some) => ({
    head: ['Code', 'Severity', 'Leads to', 'What it says', 'What to do'],
    rows: some.map((one) => [
      `<a id="${one.code}"></a>${code(one.code)}`,
      one.severity,
      leadsTo(one),
      one.sentence,
      one.action,
    ]),
  }),
  whole: ({ code: title, severity, leads, sentence, action }) => ({
    title,
    sentence,
    facts: [
      ['severity', severity],
      ['leads to', outcomes[leads]],
      ['what to do', action],
    ],
  }),
};

function leadsTo({ leads }: ReasonEntry): string {
  return leads === 'none' ? '' : leads;
}
