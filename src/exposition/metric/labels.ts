import type { Labels, Outcome, Refused } from './family.ts';
import { refuse } from './family.ts';
import { isLabelName } from './metric-names.ts';

const needsEscape = /[\\"\n]/;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

/** A label value or an OpenMetrics help text as it stands between quotes. */
export function escapeValue(value: string): string {
  return needsEscape.test(value) ? value.replace(/[\\"\n]/g, (character) => escapes[character] ?? character) : value;
}

/** Bounds on one label set. */
export interface LabelLimits {
  readonly labelsPerSeries: number;
  /** UTF-8 bytes of a value, and characters of a label's name. */
  readonly labelValueBytes: number;
}

/** For labels whose size is bounded elsewhere. */
export const unlimitedLabels: LabelLimits = {
  labelsPerSeries: Number.POSITIVE_INFINITY,
  labelValueBytes: Number.POSITIVE_INFINITY,
};

/**
 * The key of a label set: the escaped values, then the names, with a line feed between them. No escaped value and no
 * name holds a line feed, so only equal label sets have equal keys. Keys compare in the order of a page: by the number
 * of labels, then by their values in the order of the names. The empty label set has the empty key.
 */
export type LabelKey = string;

function compareNames(a: readonly [string, string], b: readonly [string, string]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}

/** Whether labels are in the order of their names, without a name twice. */
export function isSorted(labels: Labels): boolean {
  for (let i = 1; i < labels.length; i++) if (!(labels[i - 1]![0] < labels[i]![0])) return false;
  return true;
}

/** Whether a text is over so many bytes of UTF-8. */
export function exceeds(value: string, limit: number): boolean {
  return value.length * 3 > limit && Buffer.byteLength(value) > limit;
}

function nameProblem(name: string, limits: LabelLimits, reserved: string | undefined): Refused | undefined {
  if (!isLabelName(name))
    return refuse('bad_label_name', `label name ${JSON.stringify(name.slice(0, 100))} is not valid`);
  if (name.startsWith('__') || name === reserved)
    return refuse('reserved_label', `label ${name.slice(0, 100)} is reserved`);
  if (name.length > limits.labelValueBytes)
    return refuse('label_value_limit', `label name of ${name.length} characters`);
  return undefined;
}

/**
 * The key of a label set, or the reason why no series may have it. An empty value counts as absent, as in Prometheus; a
 * lone surrogate becomes U+FFFD, since it has no UTF-8.
 *
 * @param reserved the label that the family's type writes itself
 */
export function labelKey(labels: Labels, limits: LabelLimits, reserved?: string): Outcome<LabelKey> {
  const sorted = isSorted(labels) ? labels : labels.toSorted(compareNames);
  let count = 0;
  let names = '';
  let values = '';
  for (let i = 0; i < sorted.length; i++) {
    const [name, value] = sorted[i]!;
    const problem = nameProblem(name, limits, reserved);
    if (problem !== undefined) return problem;
    if (i > 0 && sorted[i - 1]![0] === name) return refuse('duplicate_label', `label ${name} is given twice`);
    if (value === '') continue;
    if (exceeds(value, limits.labelValueBytes)) {
      return refuse('label_value_limit', `the value of label ${name} is over ${limits.labelValueBytes} bytes`);
    }
    values += `${escapeValue(value.toWellFormed())}\n`;
    names += count === 0 ? name : `,${name}`;
    count++;
  }
  if (count > limits.labelsPerSeries) {
    return refuse('label_limit', `${count} labels are over the limit of ${limits.labelsPerSeries}`);
  }
  // `join` makes one flat string; concatenation would keep its parts, six times its memory, until the first page.
  return { ok: true, value: count === 0 ? '' : [String.fromCharCode(count), values, names].join('') };
}

/** The labels of a key, unescaped. */
export function keyLabels(key: LabelKey): Labels {
  if (key === '') return [];
  const parts = key.slice(1).split('\n');
  const names = (parts.pop() ?? '').split(',');
  return names.map((name, i) => [name, unescapeValue(parts[i] ?? '')]);
}

function unescapeValue(value: string): string {
  if (!value.includes('\\')) return value;
  return value.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

/** The names of the labels of a key, sorted, a comma between them. */
export function keyNames(key: LabelKey): string {
  return key.slice(key.lastIndexOf('\n') + 1);
}

/** Whether the label set of a key has a label of this name. */
export function keyHasLabel(key: LabelKey, name: string): boolean {
  return key !== '' && keyNames(key).split(',').includes(name);
}
