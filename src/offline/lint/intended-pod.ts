import { type KindName, label } from '../../contract/names.ts';
import { serviceAnnotations } from '../../contract/service-annotations.ts';
import { isOurs, meantKey } from '../../inject/request/request.ts';
import { meantDomain } from '../../inject/request/workload.ts';
import { type JsonObject, objectOf, textsOf } from '../../json/json.ts';
import { injectAnnotation, podAnnotations } from '../../kinds/annotations.ts';
import { kindNames } from '../../kinds/kind-names.ts';
import type { Path } from '../../manifest/path.ts';
import { nearest } from '../../text/nearest.ts';

/** The annotations or labels of one owner, and their path in the document. */
export interface MetadataEntries {
  readonly path: Path;
  readonly entries: ReadonlyMap<string, string>;
}

/** A pod as its author most likely intended it. */
export interface IntendedPod {
  readonly pod: JsonObject;
  /** The real paths of the annotations that were moved to the pod, by their corrected keys. */
  readonly origins: ReadonlyMap<string, Path>;
}

const inject = injectAnnotation.inject;
const serviceKeys: ReadonlySet<string> = new Set(Object.values(serviceAnnotations).map(({ key }) => key));

/**
 * The pod with misplaced annotations moved to it and with keys and kinds spelt right, as far as the intention can be
 * guessed. One mistake may hide others; they show in the corrected pod.
 *
 * @param own annotations of the pod itself
 * @param elsewhere annotations and labels that may have been written there by mistake: on the workload, among the
 * labels
 * @returns undefined where nothing has to be corrected
 */
export function intendedPod(
  pod: JsonObject,
  own: MetadataEntries,
  elsewhere: readonly MetadataEntries[],
): IntendedPod | undefined {
  const before = own.entries;
  const annotations = new Map([...before].filter(([key]) => isRead(key) || !isIntendedForUs(key)));
  const origins = new Map<string, Path>();
  for (const { path, entries } of [own, ...elsewhere]) {
    for (const [key, value] of entries) {
      const corrected = isIntendedForUs(key) ? correctedKey(key) : undefined;
      if (corrected === undefined || annotations.has(corrected)) continue;
      annotations.set(corrected, value);
      origins.set(corrected, [...path, key]);
    }
  }
  const request = annotations.get(inject.key);
  if (request !== undefined && !inject.codec.parse(request).ok)
    annotations.set(inject.key, correctedKinds(request, annotations).join(','));
  if (annotations.size === before.size && [...annotations].every(([key, value]) => before.get(key) === value))
    return undefined;
  const metadata = { ...objectOf(pod.metadata), annotations: Object.fromEntries(annotations) };
  return { pod: { ...pod, metadata }, origins };
}

/** The kinds that a value of `inject` most likely names. */
export function intendedKinds(text: string): readonly KindName[] {
  // A longer text is no list of kinds.
  const words = text
    .slice(0, 1000)
    .split(/[,.\s]+/, 20)
    .map((word) => nearest(word, kindNames) ?? word);
  return kindNames.filter((kind) => words.includes(kind));
}

/**
 * The kinds that other annotations are for; without any the kind that needs nothing of a pod, so that further findings
 * hold for every kind.
 */
function correctedKinds(text: string, annotations: ReadonlyMap<string, string>): readonly KindName[] {
  const intended = intendedKinds(text);
  if (intended.length > 0) return intended;
  const scopes = new Set([...annotations.keys()].map((key) => podAnnotations.get(key)?.scope ?? ''));
  const configured = kindNames.filter((kind) => scopes.has(kind));
  return configured.length > 0 ? configured : ['port-monitor'];
}

function isIntendedForUs(key: string): boolean {
  return (isOurs(key) && key !== label.injected) || meantDomain(key) !== undefined;
}

function isRead(key: string): boolean {
  return podAnnotations.has(key);
}

/** The key of the pod annotation that a key most likely stands for. */
function correctedKey(key: string): string | undefined {
  const domain = meantDomain(key);
  const corrected = domain === undefined ? key : domain + key.slice(key.indexOf('/'));
  if (isRead(corrected)) return corrected;
  return serviceKeys.has(corrected) ? undefined : meantKey(corrected, podAnnotations.keys());
}

/** The annotations and labels of an object among which annotations of its pod template may stand by mistake. */
export function misplacedEntries(
  object: { readonly path: Path; readonly value: JsonObject },
  location: MetadataOwner,
): MetadataEntries[] {
  const own: MetadataEntries = metadataEntries(location, 'labels');
  if (object.path.length === location.path.length) return [own];
  const job = objectOf(objectOf(object.value.spec)?.jobTemplate);
  const above = [object, ...(job === undefined ? [] : [{ path: [...object.path, 'spec', 'jobTemplate'], value: job }])];
  return [...above.flatMap((one) => [metadataEntries(one, 'annotations'), metadataEntries(one, 'labels')]), own];
}

type MetadataOwner = { readonly path: Path; readonly value: JsonObject };

/** The annotations or labels of one owner of metadata. */
export function metadataEntries({ path, value }: MetadataOwner, field: 'annotations' | 'labels'): MetadataEntries {
  return { path: [...path, 'metadata', field], entries: textsOf(objectOf(value.metadata)?.[field]) };
}
