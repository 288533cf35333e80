import { type KindName, kinds, label } from '../../contract/names.ts';
import { serviceAnnotations } from '../../contract/service-annotations.ts';
import { isOurs, meantKey } from '../../inject/request/request.ts';
import { meantDomain } from '../../inject/request/workload.ts';
import { type JsonObject, objectOf, textsOf } from '../../json/json.ts';
import { injectAnnotation, podAnnotations } from '../../kinds/annotations.ts';
import type { Path } from '../../manifest/path.ts';
import { nearest } from '../../text/nearest.ts';

/** Annotations or labels, and where they stand in the document. */
export interface Said {
  readonly path: Path;
  readonly entries: ReadonlyMap<string, string>;
}

/** A pod as whoever wrote it most likely meant it. */
export interface Meant {
  readonly pod: JsonObject;
  /** Where the annotations stand that were added to it, by the keys that it has now. */
  readonly origins: ReadonlyMap<string, Path>;
}

const inject = injectAnnotation.inject;
const serviceKeys: ReadonlySet<string> = new Set(Object.values(serviceAnnotations).map(({ key }) => key));

/**
 * The pod with its annotations moved to where they are read, their keys and kinds spelt right, as far as it can be told
 * what was meant: what one mistake hides behind it can be found then, too.
 *
 * @param own annotations of the pod itself
 * @param elsewhere where annotations may have been put by mistake: on the workload, among the labels
 * @returns undefined where nothing is to be corrected
 */
export function meantPod(pod: JsonObject, own: Said, elsewhere: readonly Said[]): Meant | undefined {
  const before = own.entries;
  const annotations = new Map([...before].filter(([key]) => isRead(key) || !isMeantForUs(key)));
  const origins = new Map<string, Path>();
  for (const { path, entries } of [own, ...elsewhere]) {
    for (const [key, value] of entries) {
      const meant = isMeantForUs(key) ? correctedKey(key) : undefined;
      if (meant === undefined || annotations.has(meant)) continue;
      annotations.set(meant, value);
      origins.set(meant, [...path, key]);
    }
  }
  const asked = annotations.get(inject.key);
  if (asked !== undefined && !inject.codec.parse(asked).ok)
    annotations.set(inject.key, correctedKinds(asked, annotations).join(','));
  if (annotations.size === before.size && [...annotations].every(([key, value]) => before.get(key) === value))
    return undefined;
  const metadata = { ...objectOf(pod.metadata), annotations: Object.fromEntries(annotations) };
  return { pod: { ...pod, metadata }, origins };
}

/** The kinds that a value of `inject` was meant for. */
export function meantKinds(text: string): readonly KindName[] {
  // More words than there are kinds to mistype: nobody meant them.
  const words = text
    .slice(0, 1000)
    .split(/[,.\s]+/, 20)
    .map((word) => nearest(word, kinds) ?? word);
  return kinds.filter((kind) => words.includes(kind));
}

/** What another annotation shows to be wanted; or the kind that asks nothing of a pod, so that what is found holds for all. */
function correctedKinds(text: string, annotations: ReadonlyMap<string, string>): readonly KindName[] {
  const meant = meantKinds(text);
  if (meant.length > 0) return meant;
  const scopes = new Set([...annotations.keys()].map((key) => podAnnotations.get(key)?.scope ?? ''));
  const shown = kinds.filter((kind) => scopes.has(kind));
  return shown.length > 0 ? shown : ['port-monitor'];
}

function isMeantForUs(key: string): boolean {
  return (isOurs(key) && key !== label.injected) || meantDomain(key) !== undefined;
}

function isRead(key: string): boolean {
  return podAnnotations.has(key);
}

/** The key of a pod's annotation that was meant. */
function correctedKey(key: string): string | undefined {
  const domain = meantDomain(key);
  const corrected = domain === undefined ? key : domain + key.slice(key.indexOf('/'));
  if (isRead(corrected)) return corrected;
  return serviceKeys.has(corrected) ? undefined : meantKey(corrected, podAnnotations.keys());
}

/** Where annotations of the pod template of an object may have been put by mistake. */
export function elsewhereOf(object: { readonly path: Path; readonly value: JsonObject }, place: PlaceLike): Said[] {
  const own: Said = saidAt(place, 'labels');
  if (object.path.length === place.path.length) return [own];
  const job = objectOf(objectOf(object.value.spec)?.jobTemplate);
  const above = [object, ...(job === undefined ? [] : [{ path: [...object.path, 'spec', 'jobTemplate'], value: job }])];
  return [...above.flatMap((one) => [saidAt(one, 'annotations'), saidAt(one, 'labels')]), own];
}

type PlaceLike = { readonly path: Path; readonly value: JsonObject };

export function saidAt({ path, value }: PlaceLike, field: 'annotations' | 'labels'): Said {
  return { path: [...path, 'metadata', field], entries: textsOf(objectOf(value.metadata)?.[field]) };
}
