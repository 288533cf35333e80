import { label, managedAnnotation } from '../../contract/names.ts';
import type { JsonObject } from '../../json/json.ts';
import type { Reason } from '../outcome/outcome.ts';
import { sentence, warningsOf } from '../outcome/reason-text.ts';
import type { Plan } from '../plan/injection-plan.ts';
import type { Pod } from '../pod/pod.ts';
import type { Empties, Undo } from '../pod/undo.ts';

/** All annotations of an object together, keys and values in bytes. (Kubernetes, ValidateAnnotations) */
const mostAnnotations = 256 * 1024;
const mostReasons = 20;

/** The names of the parts that a plan adds, by list, and the previous values of the annotations that it overwrites. */
export interface Added {
  readonly containers: readonly string[];
  readonly initContainers: readonly string[];
  readonly volumes: readonly string[];
  /** What annotations said that are ours to write. */
  readonly was: ReadonlyMap<string, string>;
  readonly undo: Undo;
}

/** The status annotation of an injected pod: one line of JSON, its keys always in this order. */
export function injectedStatus(plan: Plan, added: Added, version: string, found: readonly Reason[]): string {
  const status: JsonObject = {
    version,
    injected: true,
    kinds: plan.kinds,
    containers: added.containers,
    initContainers: added.initContainers,
    volumes: added.volumes,
    ports: Object.fromEntries(plan.ports),
    decisions: {
      native: plan.native,
      slot: plan.scrape.decision,
      ...plan.decisions,
    },
    ...(added.was.size > 0 && { was: Object.fromEntries(added.was) }),
    warnings: warningsOf(found),
    reasons: [...new Set(found.map(({ code }) => code))],
    // Always there: a status without it was written before uninject could undo more than names.
    undo: added.undo as JsonObject,
  };
  return JSON.stringify(status);
}

/** The status annotation of a pod that asked and was left as it is. */
export function rejectedStatus(version: string, found: readonly Reason[], empty: Empties): string {
  const shown = found.slice(0, mostReasons).map((one) => ({ code: one.code, detail: sentence(one) }));
  const more = found.length > shown.length ? { more: found.length - shown.length } : {};
  const undo = Object.keys(empty).length > 0 ? { undo: { empty } } : {};
  return JSON.stringify({ version, injected: false, reasons: shown, ...more, ...undo });
}

export function statusEntry(status: string): readonly [string, string] {
  return [managedAnnotation.status, status];
}

export const injectedLabel = new Map([[label.injected, 'true']]);

/** Whether the pod's annotations, with these written, are small enough for the API server. */
export function annotationsFit({ annotations }: Pod, set: ReadonlyMap<string, string>): boolean {
  // Three bytes for each UTF-16 unit are the most there can be; hardly a pod needs a closer look.
  let units = 0;
  for (const [key, value] of annotations) units += key.length + value.length;
  for (const [key, value] of set) units += key.length + value.length;
  if (units * 3 <= mostAnnotations) return true;
  let bytes = 0;
  for (const [key, value] of annotations) if (!set.has(key)) bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  for (const [key, value] of set) bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  return bytes <= mostAnnotations;
}
