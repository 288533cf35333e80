import type { Reason } from '../../inject/outcome/outcome.ts';
import { shownKey } from '../../inject/outcome/reason-text.ts';
import { type Json, type JsonObject, listOf, objectOf, objectsOf, textOf, textsOf } from '../../json/json.ts';
import { injectAnnotation } from '../../kinds/annotations.ts';
import type { ManifestObject, PodPlace } from '../../manifest/objects.ts';
import type { Path } from '../../manifest/path.ts';

/** What a reason is about: an object, and in it the pod, pod template or Service that was judged. */
export interface Subject {
  readonly object: Pick<ManifestObject, 'path' | 'value'>;
  readonly place: Pick<PodPlace, 'path' | 'value'>;
  /** Annotations that were read as if they stood in the place: where they stand in truth, by the key they were read by. */
  readonly origins?: ReadonlyMap<string, Path>;
}

/**
 * Where the thing that a reason names stands in its document; what only the settings or defaults say is found at the
 * annotation that asks for the sidecar, or at the object's name.
 */
export function pathOf({ code, subject, detail }: Reason, { object, place, origins }: Subject): Path {
  const metadata = objectOf(place.value.metadata);
  const key = keyAmong(objectOf(metadata?.annotations), subject);
  const found =
    origins?.get(subject) ??
    (key === undefined ? undefined : [...place.path, 'metadata', 'annotations', key]) ??
    namedItem(subject, place) ??
    fieldPath(subject, object) ??
    fieldPath(subject, place) ??
    (code === 'malformed_pod' ? fieldPath(detail.split(' ')[0]!, place) : undefined) ??
    namedItem(detail.split(';')[0]!, place);
  return found ?? askingPath({ object, place, ...(origins && { origins }) });
}

/** Where the sidecar is asked for, or else the name of the object. */
export function askingPath({ object, place, origins }: Subject): Path {
  const { key } = injectAnnotation.inject;
  const annotations = textsOf(objectOf(place.value.metadata)?.annotations);
  if (annotations.has(key)) return [...place.path, 'metadata', 'annotations', key];
  return origins?.get(key) ?? namePath(object);
}

/** The object's name, where it has one. */
export function namePath({ path, value }: Subject['object']): Path {
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

/** `container app`, `volume "data"`: the item of that name. */
function namedItem(text: string, { path, value }: Subject['place']): Path | undefined {
  const [, what, given] = /^(container|volume) (\S+)/.exec(text) ?? [];
  if (what === undefined || given === undefined) return undefined;
  const name = given.startsWith('"') ? unquoted(given) : given;
  const spec = objectOf(value.spec);
  for (const list of what === 'volume' ? ['volumes'] : ['containers', 'initContainers']) {
    const index = objectsOf(spec?.[list]).findIndex((one) => textOf(one.name) === name);
    if (index >= 0) return [...path, 'spec', list, index];
  }
  return undefined;
}

function unquoted(text: string): string {
  return /^"([^"\\]*)"/.exec(text)?.[1] ?? '';
}

/** `spec.hostNetwork`, `metadata.annotations KEY`: a field, or as much of the way to it as there is. */
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
