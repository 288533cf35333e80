import type { Labels } from '../../exposition/metric/family.ts';
import type { Problems, RowPosition } from '../payload/payload-problem.ts';
import type { DataPoint, PushPlan } from '../payload/push-plan.ts';
import type { PushedType } from '../series/exported-series.ts';
import { shapeOf } from './json-shape.ts';
import { type PushedFamily, readFamily, readRow } from './monasca.ts';
import { type Part, type ValidFamily, type ValidRow, validateFamily, validateRow } from './validate-rows.ts';

/** A series of one client while its rows are being collected. */
interface PendingSeries {
  /** The first of its rows, which stands for the others in all but its part. */
  readonly identity: ValidRow;
  readonly family: ValidFamily;
  readonly name: string;
  readonly key: string;
  readonly position: RowPosition;
  /** The rows by their part of the series. */
  readonly rows: Map<Part, number>;
}

interface RowGroups {
  /** By client, then by key. */
  readonly clients: Map<string, Map<string, PendingSeries>>;
  /** `_created` rows, which are assigned once all series are known. */
  readonly created: { readonly validRow: ValidRow; readonly row: number }[];
  rows: number;
}

/**
 * Reads and validates a payload as a whole, and gives each of its numbers a slot.
 *
 * @param clientId the client, where a header names it; else the rows' `_id` labels do
 * @param typeOf the type of a family that was pushed before
 * @returns undefined where there are problems; nothing but `problems` is changed either way
 */
export function draftPlan(
  payload: readonly unknown[],
  clientId: string | undefined,
  typeOf: (name: string) => PushedType | undefined,
  problems: Problems,
): { readonly plan: PushPlan; readonly families: readonly PushedFamily[] } | undefined {
  const groups: RowGroups = { clients: new Map(), created: [], rows: 0 };
  const types = new Map<string, PushedType>();
  const families: PushedFamily[] = [];
  for (let i = 0; i < payload.length; i++) {
    const family = readFamily(payload[i], i, problems);
    if (family === undefined) continue;
    const position = { family: i, row: -1 };
    const validFamily = validateFamily(family, position, (name) => typeOf(name) ?? types.get(name), problems);
    if (validFamily !== undefined) types.set(validFamily.name, validFamily.type);
    families.push(family);
    gatherRows(groups, family, validFamily, i, clientId, problems);
  }
  // A series may be incomplete only because one of its rows was refused.
  const series = [...groups.clients.values()].flatMap((keyed) => [...keyed.values()]);
  if (problems.count === 0) for (const pending of series) checkComplete(pending, problems);
  if (problems.count > 0) return undefined;
  assignCreated(groups);
  return { plan: layOut(series, groups.rows, families), families };
}

function gatherRows(
  groups: RowGroups,
  family: PushedFamily,
  validFamily: ValidFamily | undefined,
  index: number,
  clientId: string | undefined,
  problems: Problems,
): void {
  for (let i = 0; i < family.values.length; i++) {
    const row = groups.rows++;
    const position = { family: index, row: i };
    const pushedRow = readRow(family.values[i], position, problems);
    if (pushedRow === undefined || validFamily === undefined) continue;
    const validRow = validateRow(pushedRow, validFamily, clientId, position, problems);
    if (validRow === undefined) continue;
    if (validRow.part === 'created') {
      groups.created.push({ validRow, row });
      continue;
    }
    const name = validRow.names[0]!;
    const key = keyOf(name, validRow.labels);
    const series = groups.clients.get(validRow.clientId) ?? new Map<string, PendingSeries>();
    groups.clients.set(validRow.clientId, series);
    let pending = series.get(key);
    if (pending === undefined) {
      pending = { identity: validRow, family: validFamily, name, key, position, rows: new Map() };
      series.set(key, pending);
    }
    if (pending.rows.has(validRow.part) || pending.family.name !== validFamily.name) {
      problems.add(position, [], 'duplicate_series', `another row of the payload is the same series ${name}`);
    } else pending.rows.set(validRow.part, row);
  }
}

function checkComplete({ identity: { kind }, name, position, rows }: PendingSeries, problems: Problems): void {
  if (kind !== 'histogram' && kind !== 'summary') return;
  const code = kind === 'histogram' ? 'bad_histogram' : 'bad_summary';
  if (!rows.has('sum')) problems.add(position, [], code, `${kind} ${name} has no ${name}_sum with these labels`);
  if (rows.has('count') || (kind === 'histogram' && rows.has(Number.POSITIVE_INFINITY))) return;
  const needs = kind === 'histogram' ? `neither a bucket le="+Inf" nor ${name}_count` : `no ${name}_count`;
  problems.add(position, [], code, `${kind} ${name} has ${needs} with these labels`);
}

/** Gives each `_created` row to its series; one without a series is skipped. */
function assignCreated({ clients, created }: RowGroups): void {
  for (const { validRow, row } of created) {
    const { names, clientId, labels } = validRow;
    const series = names
      .map((name) => clients.get(clientId)?.get(keyOf(name, labels)))
      .find((pending) => pending !== undefined);
    series?.rows.set('created', row);
  }
}

const noEdges: readonly number[] = [];

/** Gives every row its slot among the numbers. */
function layOut(series: readonly PendingSeries[], rowCount: number, families: readonly PushedFamily[]): PushPlan {
  const slots = new Int32Array(rowCount).fill(-1);
  const clients = new Map<string, number>();
  const points: DataPoint[] = [];
  let at = 0;
  for (const {
    identity: { kind, clientId, labels, mode },
    family,
    name,
    key,
    position,
    rows,
  } of series) {
    const edges = [...rows.keys()].filter((part) => typeof part === 'number').sort((a, b) => a - b);
    if (kind === 'histogram' && edges.at(-1) !== Number.POSITIVE_INFINITY) edges.push(Number.POSITIVE_INFINITY);
    const order: readonly Part[] =
      kind === 'combine' ? ['value'] : kind === 'count' ? ['value', 'created'] : [...edges, 'sum', 'count', 'created'];
    order.forEach((part, i) => {
      const row = rows.get(part);
      if (row !== undefined) slots[row] = at + i;
    });
    const hasInfinite = rows.has(Number.POSITIVE_INFINITY);
    const hasCount = rows.has('count');
    const { type, help } = family;
    const identity = { key, family: family.name, type, help, name, labels, kind };
    points.push({
      family: position.family,
      row: position.row,
      identity,
      clientId,
      mode,
      at,
      edges: kind === 'histogram' || kind === 'summary' ? edges : noEdges,
      hasInfinite,
      hasCount,
      contribution: undefined,
    });
    if (name === 'process_start_time_seconds' && labels.length === 0) clients.set(clientId, at);
    else if (!clients.has(clientId)) clients.set(clientId, -1);
    at += order.length;
  }
  return { ...shapeOf(families), slots, numbers: new Float64Array(at).fill(Number.NaN), points, clients };
}

/** The name and its labels, each value after its length, so that no two series have the same key. */
function keyOf(name: string, labels: Labels): string {
  let key = name;
  for (const [label, value] of labels) key += `,${label}=${value.length}:${value}`;
  return key;
}
