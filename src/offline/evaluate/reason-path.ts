import type { Reason } from '../../inject/outcome/outcome.ts';
import { shownKey } from '../../inject/outcome/reason-text.ts';
import { type Json, type JsonObject, listOf, objectOf, objectsOf, textOf, textsOf } from '../../json/json.ts';
import { injectAnnotation } from '../../kinds/annotations.ts';
import type { ManifestObject, PodLocation } from '../../manifest/objects.ts';
import type { Path } from '../../manifest/path.ts';

/** The subject of a reason: an object, and in it the pod, pod template or Service that was evaluated. */
export interface Subject {
  readonly object: Pick<ManifestObject, 'path' | 'value'>;
  readonly location: Pick<PodLocation, 'path' | 'value'>;
  /** The real paths of annotations that were read as if they stood at the location, by the key they were read by. */
  readonly origins?: ReadonlyMap<string, Path>;
}

/**
 * The path in its document of the thing that a reason names. A reason about a setting of the settings file, or about a
 * default, gets the path of the annotation that asks for the sidecar, or of the object's name.
 */
export function reasonPath({ code, subject, detail }: Reason, { object, location, origins }: Subject): Path {
  const metadata = objectOf(location.value.metadata);
  const key = keyAmong(objectOf(metadata?.annotations), subject);
  const path =
    origins?.get(subject) ??
    (key === undefined ? undefined : [...location.path, 'metadata', 'annotations', key]) ??
    namedItem(subject, location) ??
    fieldPath(subject, object) ??
    fieldPath(subject, location) ??
    (code === 'malformed_pod' ? fieldPath(detail.split(' ')[0]!, location) : undefined) ??
    namedItem(detail.split(';')[0]!, location) ??
    nearestField(subject, object);
  return path ?? requestPath({ object, location, ...(origins && { origins }) });
}

/** The path of the annotation that asks for the sidecar, or else of the object's name. */
export function requestPath({ object, location, origins }: Subject): Path {
  const { key } = injectAnnotation.inject;
  const annotations = textsOf(objectOf(location.value.metadata)?.annotations);
  if (annotations.has(key)) return [...location.path, 'metadata', 'annotations', key];
  return origins?.get(key) ?? objectNamePath(object);
}

/** The path of the object's name, or of the object where it has none. */
export function objectNamePath({ path, value }: Subject['object']): Path {
  const metadata = objectOf(value.metadata) ?? {};
  const field = ['name', 'generateName'].find((one) => metadata[one] !== undefined);
  return field === undefined ? path : [...path, 'metadata', field];
}

/** The key that a reason shows, which may be quoted and cut. */
function keyAmong(object: JsonObject | undefined, shown: string): string | undefined {
  if (object === undefined) return undefined;
  if (Object.hasOwn(object, shown)) return shown;
  return shown.startsWith('"') ? Object.keys(object).find((key) => shownKey(key) === shown) : undefined;
}

/** The path of the item that a text such as `container app` or `volume "data"` names. */
function namedItem(text: string, { path, value }: Subject['location']): Path | undefined {
  const [, type, word] = /^(container|volume) (\S+)/.exec(text) ?? [];
  if (type === undefined || word === undefined) return undefined;
  const name = word.startsWith('"') ? unquoted(word) : word;
  const spec = objectOf(value.spec);
  for (const list of type === 'volume' ? ['volumes'] : ['containers', 'initContainers']) {
    const index = objectsOf(spec?.[list]).findIndex((one) => textOf(one.name) === name);
    if (index >= 0) return [...path, 'spec', list, index];
  }
  return undefined;
}

function unquoted(text: string): string {
  return /^"([^"\\]*)"/.exec(text)?.[1] ?? '';
}

/** The path of the field that a text names, or of the object that would hold it. */
export function nearestField(text: string, object: Parameters<typeof fieldPath>[1]): Path | undefined {
  return fieldPath(text, object) ?? fieldPath(text.slice(0, Math.max(0, text.lastIndexOf('.'))), object);
}

/** The path of the field that a text such as `spec.hostNetwork` or `metadata.annotations KEY` names. */
function fieldPath(
  text: string,
  { path, value }: { readonly path: Path; readonly value: JsonObject },
): Path | undefined {
  const [dotted, shown] = text.split(' ', 2);
  if (dotted === 'label' && shown !== undefined) return fieldPath(`metadata.labels ${shown}`, { path, value });
  if (!/^(metadata|spec|status|template)(\.\w+|\[\d+\])+$/.test(dotted!)) return undefined;
  const steps = dotted!.match(/\w+/g)!.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  const field = steps.reduce<Json | undefined>(
    (json, step) => (typeof step === 'number' ? listOf(json)?.[step] : objectOf(json)?.[step]),
    value,
  );
  if (shown === undefined) return field === undefined ? undefined : [...path, ...steps];
  const key = keyAmong(objectOf(field), shown);
  return key === undefined ? undefined : [...path, ...steps, key];
}
