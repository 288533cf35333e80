import {
  byAnnotations,
  scrapeAnnotation as keys,
  label,
  managedAnnotation,
  metricsPath,
} from '../../contract/names.ts';
import {
  isList,
  isObject,
  type Json,
  type JsonObject,
  objectOf,
  objectsOf,
  textListOf,
  textOf,
} from '../../json/json.ts';
import { bypassAnnotations } from './mesh-ports.ts';
import type { Pod } from './pod.ts';
import { isSkipList } from './token-issuers.ts';

/** The autoscaler keeps a node whose pods have local volumes, but for the volumes that this annotation lists. */
export const safeToEvict = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';

/** A port of the application whose name HAProxy took over. */
export interface Moved {
  readonly container: string;
  readonly port: number;
  /** Among the container's ports. */
  readonly index: number;
  /** Probes and hooks that got the number instead of the name: `readinessProbe/httpGet`. */
  readonly uses: readonly string[];
}

/** A mount that the injection added to containers of the application. */
export interface MountRecord {
  readonly name: string;
  readonly mountPath: string;
  /** Names of the containers. */
  readonly to: readonly string[];
}

/**
 * The changes of an injection that no other key of the status records; the status annotation holds them, so that
 * `uninject` can remove them. A key without a value is absent.
 */
export interface Undo {
  /** The containers that got variables; the ports tell which ones. */
  readonly env?: readonly string[];
  /** Names of HAProxy's upstreams, where variables lead to them. Versions before read them; now the ports tell them. */
  readonly upstreams?: readonly string[];
  /** By container: the variables among them that it defined itself. */
  readonly kept?: Readonly<Record<string, readonly string[]>>;
  /** Shared directories; one alone stands without a list around it. */
  readonly mount?: MountRecord | readonly MountRecord[];
  readonly moved?: readonly Moved[];
  /** The lists of meshes that got the metrics port; the values before stand in `was`. */
  readonly bypass?: readonly string[];
  /** The lists of containers that issuers of tokens skip, which got ours; the values before stand in `was`. */
  readonly skips?: readonly string[];
  /** The value of the label `injected` before. */
  readonly label?: string;
  /** The values before of lists and maps that were null or empty. Absent ones have no entry. */
  readonly empty?: Empties;
}

/** Every mount of a record. */
export function mountsOf({ mount = [] }: Undo): readonly MountRecord[] {
  return Array.isArray(mount) ? mount : [mount as MountRecord];
}

/** The status of an injected pod, and its record of changes where this version wrote it. */
export interface InjectionRecord {
  readonly status: JsonObject;
  readonly undo?: Undo;
}

/** By place: `annotations`, `labels`, `metadata`, `volumes`, `initContainers`, `env/app` and `volumeMounts/app`. */
export type Empties = Readonly<Record<string, Json>>;

/** The `prometheus.io` annotations that the injection wrote by its decision, with their values. */
export function scrapeValues(decision: string | undefined, metricsPort: number): ReadonlyMap<string, string> {
  const port = [keys.port, String(metricsPort)] as const;
  if (decision === 'merged') return new Map([port]);
  return decision === 'ours' ? new Map([[keys.scrape, 'true'], port, [keys.path, metricsPath]]) : new Map();
}

/** What `scraped-by` may say that we wrote. */
export const scrapedByValues: ReadonlySet<string> = new Set([byAnnotations, '']);

/**
 * The values before an injection of the annotations that it writes, and of those that could be taken for written by it.
 * @param was those of the `prometheus.io` annotations
 * @param lists those of the lists of meshes and of issuers of tokens
 */
export function textsBefore(
  { annotations }: Pod,
  was: ReadonlyMap<string, string>,
  lists: Iterable<readonly [string, string]>,
): ReadonlyMap<string, string> {
  const [scrapedBy, evict] = [annotations.get(managedAnnotation.scrapedBy), annotations.get(safeToEvict)];
  const others = [...lists];
  if (scrapedBy === undefined && evict === undefined && others.length === 0) return was;
  const before = new Map([...was, ...others]);
  if (scrapedBy !== undefined) before.set(managedAnnotation.scrapedBy, scrapedBy);
  if (evict !== undefined) before.set(safeToEvict, evict);
  return before;
}

/** The value of the label that the injection writes, where there is one. */
export function labelBefore({ metadata }: Pod): string | undefined {
  return textOf(objectOf(metadata.labels)?.[label.injected]);
}

/** Whether nothing stands there: null, or a list or map without anything in it. */
export function isEmpty(value: Json): boolean {
  if (value === null) return true;
  if (isList(value)) return value.length === 0;
  if (!isObject(value)) return false;
  for (const _ in value) return false;
  return true;
}

/** What a status says is to be undone, as far as it can be read: anyone can edit the text. */
export function readUndo(status: JsonObject | undefined): Undo | undefined {
  const json = objectOf(status?.undo);
  if (json === undefined) return undefined;
  const mounts = isList(json.mount ?? null) ? objectsOf(json.mount) : [objectOf(json.mount) ?? {}];
  const before = textOf(json.label);
  return {
    env: textListOf(json.env),
    upstreams: textListOf(json.upstreams),
    kept: Object.fromEntries(Object.entries(objectOf(json.kept) ?? {}).map(([key, list]) => [key, textListOf(list)])),
    mount: mounts.flatMap(({ name, mountPath, to }) =>
      typeof name === 'string' && typeof mountPath === 'string' ? [{ name, mountPath, to: textListOf(to) }] : [],
    ),
    moved: objectsOf(json.moved).flatMap(({ container, port, index, uses }) =>
      typeof container === 'string' && typeof port === 'number' && typeof index === 'number'
        ? [{ container, port, index, uses: textListOf(uses) }]
        : [],
    ),
    bypass: textListOf(json.bypass).filter((key) => bypassAnnotations.has(key)),
    skips: textListOf(json.skips).filter(isSkipList),
    ...(before !== undefined && { label: before }),
    empty: emptiesRead(json.empty),
  };
}

/** Only what is empty can be put back where something stood that was empty. */
function emptiesRead(json: Json | undefined): Empties {
  return Object.fromEntries(Object.entries(objectOf(json) ?? {}).filter(([, value]) => isEmpty(value)));
}
