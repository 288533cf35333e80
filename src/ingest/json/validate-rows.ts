import type { Labels } from '../../exposition/metric/family.ts';
import { isLabelName, isMetricName } from '../../exposition/metric/metric-names.ts';
import { quote } from '../../flags/codec.ts';
import { didYouMean } from '../../text/nearest.ts';
import type { Problems, RowPosition } from '../payload/payload-problem.ts';
import { type Mode, modeOf, modeWords } from '../series/combine-values.ts';
import type { Kind, PushedType } from '../series/exported-series.ts';
import type { PushedFamily, PushedRow } from './monasca.ts';

/** The part of a series that one number is: a bucket is named by its upper bound, a quantile by itself. */
export type Part = 'value' | 'sum' | 'count' | 'created' | number;

/** A validated row, apart from its value. */
export interface ValidRow {
  readonly clientId: string;
  /** The names that its series may have; more than one for `_created`, which belongs to whichever is there. */
  readonly names: readonly string[];
  readonly labels: Labels;
  readonly part: Part;
  readonly kind: Kind;
  readonly mode: Mode | undefined;
}

/** The validated fields of a family. */
export interface ValidFamily {
  readonly name: string;
  readonly type: PushedType;
  readonly help: string;
  readonly mode: Mode | undefined;
}

const types: Readonly<Record<string, PushedType>> = {
  counter: 'counter',
  gauge: 'gauge',
  untyped: 'untyped',
  unknown: 'untyped',
  histogram: 'histogram',
  summary: 'summary',
  info: 'info',
  stateset: 'stateset',
};

/** The longest `_id`: a UUID has 36 characters. */
const longestId = 256;
/** The longest name of a family, and the longest help text that is kept; both are repeated on every page. */
const longestName = 256;
const longestHelp = 1024;

/**
 * @param typeOf the type of a family that was pushed before, which a later push may leave out
 * @returns undefined where the type is not known
 */
export function validateFamily(
  { name, type, help, aggregate }: PushedFamily,
  position: RowPosition,
  typeOf: (name: string) => PushedType | undefined,
  problems: Problems,
): ValidFamily | undefined {
  if (!isMetricName(name) || name.length > longestName) {
    const detail = `${quote(name)} is not a metric name ([a-zA-Z_:][a-zA-Z0-9_:]*, at most ${longestName} characters)`;
    problems.add(position, ['name'], 'bad_name', detail);
  }
  const established = typeOf(name);
  const pushedType = type !== undefined && Object.hasOwn(types, type) ? types[type] : undefined;
  if (type !== undefined && pushedType === undefined) {
    const detail = `type ${quote(type)} is not one of ${Object.keys(types).join(', ')}${didYouMean(type, Object.keys(types))}`;
    problems.add(position, ['type'], 'unknown_type', detail);
  } else if (pushedType === undefined && established === undefined) {
    problems.add(position, [], 'missing_field', `family ${quote(name)} is not known yet, so it must say its type`);
  } else if (pushedType !== undefined && established !== undefined && pushedType !== established) {
    problems.add(position, ['type'], 'type_conflict', `family ${quote(name)} is pushed as ${established} already`);
  }
  const mode = aggregate === undefined ? undefined : modeOf(aggregate);
  if (aggregate !== undefined && mode === undefined) {
    problems.add(position, ['aggregate'], 'unknown_aggregate', unknownMode(aggregate));
  }
  // Rows are validated where the type is known, even if other fields of the family are wrong.
  const resolved = pushedType ?? established;
  return resolved && { name, type: resolved, help: shortened(help ?? ''), mode };
}

/** The help text as it is stored: a copy where it is cut, since a slice would keep the whole text in memory. */
export function shortened(help: string): string {
  return help.length <= longestHelp ? help : Buffer.from(help.slice(0, longestHelp)).toString();
}

/** @param client the client, where a header names it; else the row's `_id` label does */
export function validateRow(
  row: PushedRow,
  family: ValidFamily,
  client: string | undefined,
  position: RowPosition,
  problems: Problems,
): ValidRow | undefined {
  const before = problems.count;
  const name = row.name ?? family.name;
  const role = roleOf(name, family);
  if (role === undefined) {
    const detail = `${quote(name)} is no sample of the ${family.type} ${family.name}: expected ${expected(family)}`;
    problems.add(position, ['name'], 'bad_name', detail);
  }
  let clientId = client ?? '';
  let mode = family.mode;
  let edge: string | undefined;
  const edgeLabel = role?.edge ?? (family.type === 'histogram' ? 'le' : family.type === 'summary' ? 'quantile' : '');
  const labels: [string, string][] = [];
  for (const label in row.labels) {
    const value = row.labels[label]!;
    if (label === '_id') {
      clientId = client ?? value;
      if (clientId.length > longestId) {
        problems.add(position, ['labels', label], 'bad_label_value', `an _id has at most ${longestId} characters`);
      }
    } else if (label === '_aggregate') {
      mode = modeOf(value);
      if (mode === undefined) problems.add(position, ['labels', label], 'unknown_aggregate', unknownMode(value));
    } else if (label === edgeLabel) {
      edge = value;
      if (role !== undefined && role.edge === undefined) {
        problems.add(position, ['labels', label], 'bad_label_name', `a ${family.type}'s ${name} has no label ${label}`);
      }
    } else if (!isLabelName(label) || label.startsWith('__')) {
      const detail = `label name ${quote(label)} is not valid: [a-zA-Z_][a-zA-Z0-9_]*, not beginning with __`;
      problems.add(position, ['labels', label], 'bad_label_name', detail);
    } else if (value !== '') labels.push([label, value.toWellFormed()]);
  }
  const part = role?.edge === undefined ? role?.part : edgeOf(edge, role.edge, position, problems);
  if (problems.count !== before || role === undefined || part === undefined) return undefined;
  labels.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return { clientId, names: role.names, labels, part, kind: kindOf(family, mode), mode };
}

/** The part that a row is by its name. `edge`: the label that names its bucket or quantile. */
interface Role {
  readonly names: readonly string[];
  readonly part?: Part;
  readonly edge?: 'le' | 'quantile';
}

function roleOf(row: string, { name, type }: ValidFamily): Role | undefined {
  switch (type) {
    case 'counter': {
      const base = name.endsWith('_total') ? name.slice(0, -'_total'.length) : name;
      if (row === name || row === `${base}_total`) return { names: [row], part: 'value' };
      return row === `${base}_created` ? { names: [`${base}_total`, name], part: 'created' } : undefined;
    }
    case 'histogram':
      if (row === `${name}_bucket`) return { names: [name], edge: 'le' };
      return totals(row, name);
    case 'summary':
      if (row === name) return { names: [name], edge: 'quantile' };
      return totals(row, name);
    case 'info':
      return row === name || row === `${name}_info` ? { names: [row], part: 'value' } : undefined;
    default:
      return row === name ? { names: [row], part: 'value' } : undefined;
  }
}

function totals(row: string, name: string): Role | undefined {
  const part = (['sum', 'count', 'created'] as const).find((suffix) => row === `${name}_${suffix}`);
  return part === undefined ? undefined : { names: [name], part };
}

function expected({ name, type }: ValidFamily): string {
  if (type === 'histogram') return `${name}_bucket, ${name}_sum or ${name}_count`;
  if (type === 'summary') return `${name}, ${name}_sum or ${name}_count`;
  return type === 'counter' && !name.endsWith('_total') ? `${name} or ${name}_total` : name;
}

/** Untyped series with the name of a counter are added up as counters, unless the push names a mode. */
function kindOf({ name, type }: ValidFamily, mode: Mode | undefined): Kind {
  if (type === 'histogram' || type === 'summary') return type;
  if (type === 'counter') return 'count';
  return type === 'untyped' && mode === undefined && /_(total|count|sum|bucket)$/.test(name) ? 'count' : 'combine';
}

/** The bound of a bucket, or the quantile, as its label gives it. */
function edgeOf(
  text: string | undefined,
  label: 'le' | 'quantile',
  position: RowPosition,
  problems: Problems,
): Part | undefined {
  if (text === undefined) {
    problems.add(position, ['labels'], 'bad_label_name', `the row needs a label ${label}`);
    return undefined;
  }
  if (label === 'le' && /^\+?Inf$/i.test(text)) return Number.POSITIVE_INFINITY;
  const value = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  // `+ 0` makes one bound of 0 and -0.
  if (label === 'le' ? Number.isFinite(value) : value >= 0 && value <= 1) return value + 0;
  const expectation = label === 'le' ? 'a number or +Inf' : 'a number from 0 to 1';
  problems.add(position, ['labels', label], 'bad_label_value', `${label} ${quote(text)} is not ${expectation}`);
  return undefined;
}

function unknownMode(word: string): string {
  return `${quote(word)} is no way to aggregate: one of ${modeWords.join(', ')}${didYouMean(word, modeWords)}`;
}
