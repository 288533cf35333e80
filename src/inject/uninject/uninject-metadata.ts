import { label, managedAnnotation, metricsPath } from '../../contract/names.ts';
import { type JsonObject, objectOf, textListOf, textsOf } from '../../json/json.ts';
import { type Operation, pointer } from '../../json/operation.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';
import { withPort } from '../pod/mesh-ports.ts';
import type { Pod } from '../pod/pod.ts';
import { scrapeField } from '../pod/scrape-annotations.ts';
import { portOf, scrapeDecisionOf } from '../pod/status-annotation.ts';
import { withSkipped } from '../pod/token-issuers.ts';
import { type Empties, type InjectionRecord, safeToEvict, scrapedByValues, scrapeValues } from '../pod/undo.ts';

/** The entries that a map of the metadata loses, and the values that are put back into it. */
export interface MapEdit {
  readonly field: 'annotations' | 'labels';
  readonly remove: readonly string[];
  readonly replace?: ReadonlyMap<string, string>;
}

interface Edited {
  readonly edit: MapEdit;
  readonly reasons: readonly Reason[];
}

/**
 * The operations on `metadata`. A map that loses its last entry becomes as it was before the injection: absent, or the
 * empty value of the record.
 */
export function metadataOperations(json: JsonObject, edits: readonly MapEdit[], empty: Empties): Operation[] {
  const metadata = objectOf(json.metadata) ?? {};
  const operations: Operation[] = [];
  const gone = new Set<string>();
  for (const { field, remove, replace = new Map<string, string>() } of edits) {
    const present = Object.keys(objectOf(metadata[field]) ?? {});
    const removed = remove.filter((key) => present.includes(key));
    if (removed.length === 0 || removed.length < present.length) {
      for (const [key, value] of replace)
        operations.push({ op: 'replace', path: pointer('metadata', field, key), value });
      for (const key of removed) operations.push({ op: 'remove', path: pointer('metadata', field, key) });
    } else {
      operations.push(emptied(pointer('metadata', field), empty, field));
      if (!Object.hasOwn(empty, field)) gone.add(field);
    }
  }
  const isLast = gone.size > 0 && Object.keys(metadata).every((key) => gone.has(key));
  const wasEmpty = Object.hasOwn(empty, 'metadata') && empty.metadata !== null;
  return isLast && !wasEmpty ? [emptied('/metadata', empty, 'metadata')] : operations;
}

/** The operation on a list or map that held additions only. */
export function emptied(path: string, empty: Empties, place: string): Operation {
  return Object.hasOwn(empty, place) ? { op: 'replace', path, value: empty[place]! } : { op: 'remove', path };
}

/** The edits of the annotations that the injection wrote and that still have the written value. */
export function annotationEdits({ annotations }: Pod, { status, undo }: InjectionRecord): Edited {
  const was = textsOf(status.was);
  const decision = scrapeDecisionOf(status);
  const port = portOf(status, 'metrics') ?? 0;
  // Where the application named a port, in whatever spelling, the injection added no prometheus.io annotation.
  const isTheirs = [...was.keys()].some((key) => scrapeField(key) === 'port');
  const ours = isTheirs ? new Map<string, string>() : scrapeValues(decision, port);
  const remove: string[] = [managedAnnotation.status];
  const replace = new Map<string, string>();
  const reasons: Reason[] = [];
  const skips = new Set(undo?.skips ?? []);
  const lists = new Set([...(undo?.bypass ?? []), ...skips]);
  const names = [...textListOf(status.initContainers), ...textListOf(status.containers)];
  for (const key of new Set([...ours.keys(), managedAnnotation.scrapedBy, ...was.keys(), ...lists])) {
    const value = annotations.get(key);
    const before = was.get(key);
    if (value === undefined && (before !== undefined || ours.has(key) || lists.has(key)))
      reasons.push(reason('gone_since', `annotation ${key}`));
    if (value === undefined || value === before || key === safeToEvict) continue;
    const list = skips.has(key) ? withSkipped(key, before, names) : withPort(before, port);
    const written = lists.has(key) ? value === list : isWritten(key, value, port);
    if (!written) reasons.push(reason('changed_since', `annotation ${key}`));
    else if (before === undefined) remove.push(key);
    else replace.set(key, before);
  }
  const evict = evictable(annotations.get(safeToEvict), was.get(safeToEvict), status);
  if (evict === null) remove.push(safeToEvict);
  else if (evict !== undefined) replace.set(safeToEvict, evict);
  return { edit: { field: 'annotations', remove, replace }, reasons };
}

/** Whether an annotation has the value that the injection writes, in any spelling of its key. */
function isWritten(key: string, value: string, port: number): boolean {
  if (key === managedAnnotation.scrapedBy) return scrapedByValues.has(value);
  const field = scrapeField(key);
  const values: { readonly [field: string]: string } = {
    scrape: 'true',
    port: String(port),
    path: metricsPath,
    scheme: 'http',
  };
  return field !== undefined && values[field] === value;
}

/** The text of the list without our volumes: null where none is left, undefined where it stays as it is. */
function evictable(text: string | undefined, was: string | undefined, status: JsonObject): string | null | undefined {
  if (text === undefined) return undefined;
  const listed = (one: string | undefined) => (one ?? '').split(',').filter((name) => name !== '');
  const before = listed(was);
  const ours = new Set(Array.isArray(status.volumes) ? status.volumes : []);
  const now = listed(text);
  const rest = now.filter((name) => !ours.has(name) || before.includes(name));
  if (rest.length === now.length) return undefined;
  // The list is otherwise unchanged: it gets its text from before.
  if (rest.join() === before.join()) return was ?? null;
  return rest.length === 0 ? null : rest.join(',');
}

export function labelEdits({ metadata }: Pod, { undo }: InjectionRecord): Edited {
  const labels = textsOf(metadata.labels);
  const value = labels.get(label.injected);
  const before = undo?.label;
  const none: MapEdit = { field: 'labels', remove: [] };
  const subject = `label ${label.injected}`;
  if (value === undefined) return { edit: none, reasons: [reason('gone_since', subject)] };
  if (value === before) return { edit: none, reasons: [] };
  if (value !== 'true') return { edit: none, reasons: [reason('changed_since', subject)] };
  if (before === undefined) return { edit: { ...none, remove: [label.injected] }, reasons: [] };
  return { edit: { ...none, replace: new Map([[label.injected, before]]) }, reasons: [] };
}
