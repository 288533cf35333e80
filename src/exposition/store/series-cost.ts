import { type FamilySpec, type Refused, refuse } from '../metric/family.ts';
import type { LabelKey } from '../metric/labels.ts';
import type { LineSet } from '../metric/line-set.ts';

/**
 * Objects, table entries and slots of a series beside its text, those of its owner included: 50,000 counters of four
 * short labels take 500 to 700 bytes each, and more while a page is made.
 */
const seriesBytes = 512;
const familyBytes = 1536;
const numberBytes = 8;
/** The bytes of native buckets: there are 160 at most by default, and most series have few of them. */
const nativeBytes = 1024;
const wide = /[^\0-\xff]/;

/** The memory that a series takes, in bytes. */
export interface SeriesCost {
  readonly bytes: number;
  /** The bytes of its labels, once. */
  readonly labels: number;
}

/** The cost of a series that counts towards no limit. */
export const noCost: SeriesCost = { bytes: 0, labels: 0 };

/** Bytes of a text in the heap: one character of another alphabet makes all of them two bytes wide. */
function heapBytes(text: string): number {
  return wide.test(text) ? text.length * 2 : text.length;
}

/**
 * The memory that a series takes, about: its key in the heap, name and labels in the arena of the family, and once more
 * on each of its lines of a page. It is the same for the same series, so a removal takes back what the addition
 * counted.
 */
export function seriesCost(
  { name, ownerBytes = 0 }: FamilySpec,
  key: LabelKey,
  { lines, width }: LineSet,
  native: boolean,
): SeriesCost {
  const labels = Buffer.byteLength(key);
  const objects = seriesBytes + ownerBytes + (native ? nativeBytes : 0) + numberBytes * width;
  return { bytes: objects + heapBytes(key) + (name.length + labels) * (1 + lines), labels };
}

/** An upper bound for the cost of a series of so many lines: the length of its name and of each label is bounded. */
export function largestCost(
  { labelsPerSeries, labelValueBytes }: { readonly labelsPerSeries: number; readonly labelValueBytes: number },
  lines: number,
): number {
  // A value, its name, and every character of the value escaped or two bytes wide.
  const labels = (labelsPerSeries + 1) * 3 * labelValueBytes;
  return 16 * seriesBytes + nativeBytes + numberBytes * 2 * lines + labels * (2 + lines);
}

/** Copies of a family's name: in tables of names, in headers of each format, in the layout of a page. */
const names = 20;

/** The memory that a family takes beside its series: its name is stored several times, its help is on every page. */
export function familyCost({ name, help }: Pick<FamilySpec, 'name' | 'help'>): number {
  return familyBytes + names * name.length + 3 * heapBytes(help);
}

/** The refusal of a family or a series that would take more memory than names and labels may. */
export function bytesLimit({ bytes }: { readonly bytes?: number }): Refused {
  return refuse('bytes_limit', `limit of ${bytes} bytes of names and labels reached`);
}
