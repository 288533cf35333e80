import { type GivenSettings, type Scope, type Setting, settingOf } from '../../contract/annotation.ts';
import { type KindName, label, managedAnnotation, prefix } from '../../contract/names.ts';
import { serviceAnnotations } from '../../contract/service-annotations.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import type { FlagTable, Settings } from '../../flags/flag.ts';
import { defaults } from '../../flags/flag.ts';
import { annotationTables, injectAnnotation, podAnnotations } from '../../kinds/annotations.ts';
import { kindNames } from '../../kinds/kind-names.ts';
import { nearest } from '../../text/nearest.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason, shownKey } from '../outcome/reason-text.ts';
import type { Lock } from './settings.ts';

/** The request of a pod: the kinds that it asks for, and its settings. */
export interface Request extends GivenSettings {
  /** `undefined`: nobody said anything; `false`: opted out. */
  readonly asked: readonly KindName[] | false | undefined;
  readonly reasons: readonly Reason[];
}

/** Keys in a domain of ours. */
export const ours = new RegExp(`(^|\\.)${prefix.replaceAll('.', '\\.')}/`);
const serviceKeys = new Set(Object.values(serviceAnnotations).map(({ key }) => key));
const writtenKeys: ReadonlySet<string> = new Set(Object.values(managedAnnotation));

/** Annotations may hold thousands of keys; nobody reads, and no log should carry, more findings than this. */
const mostFindings = 100;

/** Whether a key is in a domain of ours, and not one that we write. */
export function isOurs(key: string): boolean {
  return ours.test(key) && !writtenKeys.has(key);
}

/**
 * The keys that are ours, sorted: the API server sorts keys, so that a file and its object have their findings in one
 * order.
 */
export function ourKeys(texts: ReadonlyMap<string, string>): readonly string[] {
  return [...texts.keys()].filter(isOurs).sort();
}

/**
 * Reads a pod's annotations with the table; what it does not say comes from the settings. All problems are found at
 * once. The namespace's label asks for the pods that say nothing themselves:
 *
 * | pod          | namespace | asked     |
 * | ------------ | --------- | --------- |
 * | kinds        | any       | the pod's |
 * | "false"      | any       | no        |
 * | nothing      | a.b       | a and b   |
 * | nothing      | nothing   | nobody    |
 */
export function readRequest(
  annotations: ReadonlyMap<string, string>,
  namespaceLabels: Readonly<Record<string, string>>,
  settings: ReadonlyMap<string, string>,
  lock?: Lock,
): Request {
  const given = new Map(settingsOf(settings));
  const reasons: Reason[] = [];
  for (const key of ourKeys(annotations)) {
    const known = podAnnotations.get(key);
    if (known === undefined) {
      // Looking for what was meant costs some microseconds a key; nobody means twenty.
      const meant = reasons.length < 20 ? podAnnotations.keys() : [];
      reasons.push(serviceKeys.has(key) ? reason('wrong_object', key) : unknown(key, meant));
      continue;
    }
    if (lock?.keys.has(key)) {
      reasons.push(reason('locked', key));
      continue;
    }
    const result = known.codec.parse(annotations.get(key)!);
    if (result.ok) given.set(key, { value: result.value, source: 'annotation' });
    else reasons.push(reason('bad_value', key, result.problem));
  }
  const asked = readAsked(annotations, given, namespaceLabels, reasons);
  for (const kind of asked || [])
    if (lock?.kinds.has(kind)) reasons.push(reason('kind_locked', injectAnnotation.inject.key, kind));
  reasons.push(...notAsked(asked, annotations));
  return { asked, given, reasons: reasons.slice(0, mostFindings) };
}

/** The finding about a key in our domain that no table has, with the nearest that it may have been meant for. */
export function unknown(key: string, known: Iterable<string>): Reason {
  const meant = meantKey(key, known);
  return reason('unknown_annotation', shownKey(key), meant === undefined ? '' : `did you mean ${meant}?`);
}

/** The nearest key. What all keys share is left out of the comparison, or everything would be near. */
export function meantKey(key: string, known: Iterable<string>): string | undefined {
  const meant = nearest(
    key.replace(prefix, ''),
    [...known].map((other) => other.replace(prefix, '')),
  );
  if (meant === undefined) return undefined;
  const [kind, name] = meant.split('/');
  return `${kind}${prefix}/${name}`;
}

/** The settings of a flag table as far as annotations make them. */
export function flagSettings<Table extends FlagTable>(
  { given }: GivenSettings,
  scope: Scope,
  table: Table,
): Settings<Table> {
  const settings: Record<string, unknown> = { ...defaults(table) };
  const keys = flagKeys.get(scope);
  // A pod says a few things; the tables have dozens.
  for (const [key, { value }] of given) {
    const flagKey = keys?.get(key);
    if (flagKey !== undefined) settings[flagKey] = value;
  }
  return settings as Settings<Table>;
}

/** The keys of flag tables that annotations set, by annotation key, for the container and each kind. */
const flagKeys: ReadonlyMap<Scope, ReadonlyMap<string, string>> = new Map(
  [...annotationTables].map(([scope, table]) => [
    scope,
    new Map(
      Object.values(table).flatMap(({ key, flagKey }) => (flagKey === undefined ? [] : [[key, flagKey] as const])),
    ),
  ]),
);

/** By the settings they were read from: those change when a file does, not from pod to pod. */
const settingsRead = new WeakMap<ReadonlyMap<string, string>, ReadonlyMap<string, Setting<unknown>>>();

function settingsOf(texts: ReadonlyMap<string, string>): ReadonlyMap<string, Setting<unknown>> {
  const before = settingsRead.get(texts);
  if (before !== undefined) return before;
  const given = new Map<string, Setting<unknown>>();
  for (const [key, text] of texts) {
    const result = key === injectAnnotation.inject.key ? undefined : podAnnotations.get(key)?.codec.parse(text);
    if (result?.ok) given.set(key, { value: result.value, source: 'settings' });
  }
  settingsRead.set(texts, given);
  return given;
}

function readAsked(
  annotations: ReadonlyMap<string, string>,
  given: ReadonlyMap<string, Setting<unknown>>,
  namespaceLabels: Readonly<Record<string, string>>,
  reasons: Reason[],
): readonly KindName[] | false | undefined {
  const { key, codec } = injectAnnotation.inject;
  // Asked in a way that cannot be read is asked: the pod is to be told.
  if (annotations.has(key)) return (given.get(key)?.value as readonly KindName[] | false | undefined) ?? [];
  const text = Object.hasOwn(namespaceLabels, label.namespaceInject)
    ? namespaceLabels[label.namespaceInject]
    : undefined;
  if (text === undefined) return undefined;
  const result = codec.parse(text.replaceAll('.', ','));
  if (result.ok) return result.value;
  reasons.push(reason('bad_namespace_label', label.namespaceInject, result.problem));
  return [];
}

/** Annotations that have no effect, because their kind or nothing at all is asked for. */
function notAsked(asked: readonly KindName[] | false | undefined, annotations: ReadonlyMap<string, string>): Reason[] {
  if (asked === false || asked?.length === 0) return [];
  const keys = ourKeys(annotations).filter((key) => podAnnotations.has(key));
  if (asked === undefined) return keys.length === 0 ? [] : [reason('inject_missing', keys[0]!)];
  return keys.flatMap((key) => {
    const scope = podAnnotations.get(key)!.scope;
    const kind = kindNames.find((one) => one === scope);
    return kind === undefined || asked.includes(kind) ? [] : [reason('kind_not_asked', key)];
  });
}

/** Whether the pod may not run without its sidecar. */
export function isRequired(request: Request): boolean {
  return settingOf(request, sidecarAnnotations.required).value;
}
