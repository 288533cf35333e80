import { sidecarAnnotations } from '../../contract/annotations.ts';
import { byAnnotations, slot as keys, metricsPath, written } from '../../contract/names.ts';
import { sidecarFlags } from '../../contract/sidecar.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';

const mergeKey = sidecarAnnotations['merge-app-metrics'].key;

const fields = { ...keys, slow: 'prometheus.io/scrape-slow' } as const;
type Field = keyof typeof fields;

interface Entry {
  readonly key: string;
  readonly value: string;
}

/** The pod's `prometheus.io` annotations, whatever their spelling. */
export interface Slot {
  readonly entries: Readonly<Record<Field, readonly Entry[]>>;
  /** `prometheus.io/param_NAME`: query parameters of the page. */
  readonly params: readonly (readonly [name: string, value: string])[];
  /** The port, where it is one. */
  readonly port?: number;
}

export interface SlotPlan {
  readonly decision: 'ours' | 'theirs' | 'merged' | 'off';
  /** Annotations to write. */
  readonly set: ReadonlyMap<string, string>;
  /** What stood in those that are the application's and are to point at us. */
  readonly was: ReadonlyMap<string, string>;
  /** The application's page, to be served with ours. */
  readonly mergeUrl?: string;
  readonly reasons: readonly Reason[];
}

/** Istio's merged port, and Consul's two. */
const meshPorts: ReadonlySet<number> = new Set([15020, 20100, 20200]);

/** Prometheus reads annotation keys as label names: `prometheus.io/port`, `prometheus-io/port` and `prometheus.io.port` are one. */
const sanitised = (key: string) => key.replace(/[^a-zA-Z0-9_]/g, '_');

const byName = new Map(Object.entries(fields).map(([field, key]) => [sanitised(key), field as Field]));
/** What an annotation says of the slot, in whatever spelling; nothing for all others. */
export function slotField(key: string): Field | undefined {
  return key.startsWith('prometheus') ? byName.get(sanitised(key)) : undefined;
}

const paramPrefix = 'prometheus_io_param_';

export function readSlot(annotations: ReadonlyMap<string, string>): Slot {
  const entries: Record<Field, Entry[]> = { scrape: [], port: [], path: [], scheme: [], slow: [] };
  const params: [string, string][] = [];
  for (const [key, value] of annotations) {
    if (!key.startsWith('prometheus')) continue;
    const name = sanitised(key);
    const field = byName.get(name);
    if (field !== undefined) entries[field].push({ key, value });
    else if (name.startsWith(paramPrefix)) params.push([name.slice(paramPrefix.length), value]);
  }
  const port = Number(/^\d{1,8}$/.exec(entries.port[0]?.value ?? '')?.[0]);
  return { entries, params, ...(port >= 1 && port <= 65_535 && { port }) };
}

/** Whether a stock job scrapes the pod for these annotations. */
export function isScraped({ entries }: Slot): boolean {
  return [...entries.scrape, ...entries.slow].some(({ value }) => value === 'true');
}

export function isEmpty({ entries }: Slot): boolean {
  return Object.values(entries).every((list) => list.length === 0);
}

/**
 * Who has the pod's one place in the annotation jobs.
 *
 * | the pod's own annotations     | merge | becomes                                            | reached      |
 * | ----------------------------- | ----- | -------------------------------------------------- | ------------ |
 * | none                          | any   | ours                                               | yes          |
 * | no scrape "true"              | any   | left                                               | no           |
 * | scrape, a mesh's port         | any   | left, with a warning                               | no           |
 * | scrape, our own port          | any   | left                                               | if http, our path |
 * | scrape, a port                | no    | left                                               | no           |
 * | scrape, a port                | yes   | ours, in their spelling; the page goes to merging  | yes          |
 * | scrape, no port               | no    | left, with a warning: every declared port is tried | if http, our path |
 * | scrape, no port, one declared | yes   | as with a port                                     | yes          |
 *
 * `discovery: none` leaves the annotations alone; a page to merge is merged all the same.
 */
export function planSlot(
  slot: Slot,
  metricsPort: number,
  merge: boolean,
  declared: readonly number[],
  discovery: 'annotations' | 'none',
): SlotPlan {
  if (isEmpty(slot)) {
    const reasons = merge ? [reason('merge_impossible', mergeKey, 'no prometheus.io annotations')] : [];
    return discovery === 'none' ? left('off', reasons) : ours(metricsPort, reasons);
  }
  const off = discovery === 'none';
  const scrape = slot.entries.scrape[0] ?? slot.entries.slow[0];
  if (!isScraped(slot)) {
    return left(
      off ? 'off' : 'theirs',
      scrape?.value === 'false' ? [reason('slot_opted_out', scrape.key)] : [taken(slot)],
    );
  }
  if (slot.port !== undefined && meshPorts.has(slot.port)) {
    return left(off ? 'off' : 'theirs', [reason('slot_mesh', keys.port, String(slot.port))]);
  }
  if (slot.port === metricsPort) {
    const reasons = merge ? [reason('merge_impossible', mergeKey, `${slot.port} is the sidecar's port`)] : [];
    const was = new Map(slot.entries.port.map(({ key, value }) => [key, value]));
    return { ...left(off ? 'off' : 'ours', reasons, !off && isPlain(slot)), was };
  }
  if (merge) return merged(slot, metricsPort, slot.port ?? onlyOne(declared), off);
  if (slot.port !== undefined) return left(off ? 'off' : 'theirs', [taken(slot)]);
  const reached = !off && isPlain(slot);
  return left(
    off ? 'off' : 'theirs',
    [reason('slot_without_port', keys.scrape, 'every declared port is scraped')],
    reached,
  );
}

function left(decision: SlotPlan['decision'], reasons: readonly Reason[], reached = false): SlotPlan {
  const set = new Map(reached ? [[written.scrapedBy, byAnnotations]] : []);
  return { decision, set, was: new Map(), reasons };
}

function ours(metricsPort: number, reasons: readonly Reason[]): SlotPlan {
  const set = new Map([
    [keys.scrape, 'true'],
    [keys.port, String(metricsPort)],
    [keys.path, metricsPath],
    [written.scrapedBy, byAnnotations],
  ]);
  return { decision: 'ours', set, was: new Map(), reasons };
}

function merged(slot: Slot, metricsPort: number, port: number | undefined, off: boolean): SlotPlan {
  const impossible = (detail: string) => left(off ? 'off' : 'theirs', [reason('merge_impossible', mergeKey, detail)]);
  if (port === undefined) return impossible('no prometheus.io/port, and not one declared TCP port');
  const url = pageOf(slot, port);
  if (url === undefined) return impossible("the annotations make no URL of the application's page");
  const reasons = [reason('slot_merged', keys.port, String(port))];
  if (off) return { ...left('off', reasons), mergeUrl: url };
  const all = [
    ...slot.entries.port.map(({ key, value }) => [key, value, String(metricsPort)] as const),
    ...slot.entries.path.map(({ key, value }) => [key, value, metricsPath] as const),
    ...slot.entries.scheme.map(({ key, value }) => [key, value, 'http'] as const),
  ];
  const replaced = all.filter(([, before, after]) => before !== after);
  const set = new Map<string, string>(replaced.map(([key, , after]) => [key, after]));
  if (slot.entries.port.length === 0) set.set(keys.port, String(metricsPort));
  set.set(written.scrapedBy, byAnnotations);
  return {
    decision: 'merged',
    set,
    was: new Map(all.map(([key, before]) => [key, before])),
    mergeUrl: url,
    reasons,
  };
}

/** Where Prometheus would have scraped the application, on loopback. */
function pageOf({ entries, params }: Slot, port: number): string | undefined {
  const path = entries.path[0]?.value || metricsPath;
  const scheme = entries.scheme[0]?.value || 'http';
  const query = new URLSearchParams(params.map(([name, value]): [string, string] => [name, value])).toString();
  const text = `${scheme}://127.0.0.1:${port}${path.startsWith('/') ? '' : '/'}${path}${query === '' ? '' : `?${query}`}`;
  return text.length <= 1024 && sidecarFlags.mergeAppUrl.codec.parse(text).ok ? text : undefined;
}

/** The page that the job will ask for is at our path, without TLS. */
function isPlain({ entries }: Slot): boolean {
  return (
    entries.path.every(({ value }) => value === '' || value === metricsPath) &&
    entries.scheme.every(({ value }) => value === '' || value === 'http')
  );
}

function taken({ entries }: Slot): Reason {
  const entry = Object.values(entries).flat()[0]!;
  return reason('slot_taken', entry.key, entry.value.length > 60 ? '' : entry.value);
}

function onlyOne(ports: readonly number[]): number | undefined {
  const distinct = new Set(ports);
  return distinct.size === 1 ? ports[0] : undefined;
}
