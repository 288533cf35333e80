import type { Labels } from '../../exposition/metric/family.ts';
import type { Place, Problems } from '../payload/payload-problem.ts';
import type { Plan, Point } from '../payload/push-plan.ts';
import type { PushedType } from '../series/exported-series.ts';
import { shapeOf } from './json-shape.ts';
import { type PushedFamily, readFamily, readRow } from './monasca.ts';
import { type FamilyMeaning, type Part, type RowMeaning, validateFamily, validateRow } from './validate-rows.ts';

/** A series of one client while its rows are being gathered. */
interface Gathered {
  readonly meaning: RowMeaning;
  readonly family: FamilyMeaning;
  readonly name: string;
  readonly key: string;
  readonly place: Place;
  /** The rows by what they are. */
  readonly rows: Map<Part, number>;
}

interface Gathering {
  /** By client, then by key. */
  readonly clients: Map<string, Map<string, Gathered>>;
  /** `_created` rows, which are assigned when all series are known. */
  readonly created: { readonly meaning: RowMeaning; readonly row: number }[];
  rows: number;
}

/**
 * Reads and validates a payload as a whole and plans where its numbers go.
 *
 * @param client who pushes, where a header says it; else the rows' `_id` labels do
 * @param known the type of a family that was pushed before
 * @returns undefined where there are problems; nothing but `problems` is changed either way
 */
export function draftPlan(
  payload: readonly unknown[],
  client: string | undefined,
  known: (name: string) => PushedType | undefined,
  problems: Problems,
): { readonly plan: Plan; readonly families: readonly PushedFamily[] } | undefined {
  const gathering: Gathering = { clients: new Map(), created: [], rows: 0 };
  const types = new Map<string, PushedType>();
  const families: PushedFamily[] = [];
  for (let i = 0; i < payload.length; i++) {
    const family = readFamily(payload[i], i, problems);
    if (family === undefined) continue;
    const place = { family: i, row: -1 };
    const meaning = validateFamily(family, place, (name) => known(name) ?? types.get(name), problems);
    if (meaning !== undefined) types.set(meaning.name, meaning.type);
    families.push(family);
    gatherRows(gathering, family, meaning, i, client, problems);
  }
  // A row that was refused may be the one that is missed.
  const series = [...gathering.clients.values()].flatMap((keyed) => [...keyed.values()]);
  if (problems.count === 0) for (const gathered of series) checkComplete(gathered, problems);
  if (problems.count > 0) return undefined;
  assignCreated(gathering);
  return { plan: layOut(series, gathering.rows, families), families };
}

function gatherRows(
  gathering: Gathering,
  family: PushedFamily,
  meaning: FamilyMeaning | undefined,
  index: number,
  client: string | undefined,
  problems: Problems,
): void {
  for (let i = 0; i < family.values.length; i++) {
    const row = gathering.rows++;
    const place = { family: index, row: i };
    const read = readRow(family.values[i], place, problems);
    if (read === undefined || meaning === undefined) continue;
    const said = validateRow(read, meaning, client, place, problems);
    if (said === undefined) continue;
    if (said.part === 'created') {
      gathering.created.push({ meaning: said, row });
      continue;
    }
    const name = said.names[0]!;
    const key = keyOf(name, said.labels);
    const series = gathering.clients.get(said.source) ?? new Map<string, Gathered>();
    gathering.clients.set(said.source, series);
    let gathered = series.get(key);
    if (gathered === undefined) {
      gathered = { meaning: said, family: meaning, name, key, place, rows: new Map() };
      series.set(key, gathered);
    }
    if (gathered.rows.has(said.part) || gathered.family.name !== meaning.name) {
      problems.add(place, [], 'duplicate_series', `another row of the payload is the same series ${name}`);
    } else gathered.rows.set(said.part, row);
  }
}

function checkComplete({ meaning: { kind }, name, place, rows }: Gathered, problems: Problems): void {
  if (kind !== 'histogram' && kind !== 'summary') return;
  const code = kind === 'histogram' ? 'bad_histogram' : 'bad_summary';
  if (!rows.has('sum')) problems.add(place, [], code, `${kind} ${name} has no ${name}_sum with these labels`);
  if (rows.has('count') || (kind === 'histogram' && rows.has(Number.POSITIVE_INFINITY))) return;
  const needs = kind === 'histogram' ? `neither a bucket le="+Inf" nor ${name}_count` : `no ${name}_count`;
  problems.add(place, [], code, `${kind} ${name} has ${needs} with these labels`);
}

/** A `_created` row without its series says nothing of use and is passed over. */
function assignCreated({ clients, created }: Gathering): void {
  for (const { meaning, row } of created) {
    const found = meaning.names
      .map((name) => clients.get(meaning.source)?.get(keyOf(name, meaning.labels)))
      .find((gathered) => gathered !== undefined);
    found?.rows.set('created', row);
  }
}

const noEdges: readonly number[] = [];

/** Gives every row its place among the numbers. */
function layOut(series: readonly Gathered[], rowCount: number, families: readonly PushedFamily[]): Plan {
  const slots = new Int32Array(rowCount).fill(-1);
  const sources = new Map<string, number>();
  const points: Point[] = [];
  let at = 0;
  for (const { meaning, family, name, key, place, rows } of series) {
    const { kind, source, labels, mode } = meaning;
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
      family: place.family,
      row: place.row,
      identity,
      source,
      mode,
      at,
      edges: kind === 'histogram' || kind === 'summary' ? edges : noEdges,
      hasInfinite,
      hasCount,
      contribution: undefined,
    });
    if (name === 'process_start_time_seconds' && labels.length === 0) sources.set(source, at);
    else if (!sources.has(source)) sources.set(source, -1);
    at += order.length;
  }
  return { ...shapeOf(families), slots, numbers: new Float64Array(at).fill(Number.NaN), points, sources };
}

/** The name and its labels, each value behind its length, so that no two series have the same key. */
function keyOf(name: string, labels: Labels): string {
  let key = name;
  for (const [label, value] of labels) key += `,${label}=${value.length}:${value}`;
  return key;
}
