import { isList, type JsonObject, objectOf, objectsOf } from '../../json/json.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';

/** The API server's limit for keys and values of annotations together (ValidateAnnotationsSize), in bytes. */
const mostAnnotationBytes = 256 * 1024;
/** Containers of all lists. A node runs 110 pods; no real pod has a hundred containers. */
const mostContainers = 256;
/**
 * Volumes, and the variables, ports and mounts of all containers together; media servers declare some thousands of
 * ports.
 */
const mostParts = 10_000;
/** Labels, and annotations; people write dozens. Each costs 0.5 µs or more to read. */
const mostKeys = 1000;

/**
 * The reason why a pod is not read: no real pod has so many parts, and judging it would take time from every other
 * request. To be called before anything looks into an annotation.
 */
export function podExcess({ metadata, spec }: JsonObject): Reason | undefined {
  const excess = metadataExcess(metadata);
  if (excess !== undefined) return excess;
  const body = objectOf(spec);
  const lists = [body?.containers, body?.initContainers, body?.ephemeralContainers];
  const containers = lists.reduce<number>((sum, list) => sum + lengthOf(list), 0);
  if (containers > mostContainers)
    return reason('pod_too_large', 'containers', `${containers}, not ${mostContainers} at most`);
  let parts = lengthOf(body?.volumes);
  for (const container of lists.flatMap(objectsOf)) {
    parts += lengthOf(container.env) + lengthOf(container.ports) + lengthOf(container.volumeMounts);
  }
  if (parts <= mostParts) return undefined;
  return reason('pod_too_large', 'env, ports, volumes and volumeMounts', `${parts}, not ${mostParts} at most`);
}

/** The same for an object whose metadata alone is read. */
export function annotationExcess({ metadata }: JsonObject): Reason | undefined {
  return metadataExcess(metadata);
}

function metadataExcess(json: JsonObject[string] | undefined): Reason | undefined {
  const metadata = objectOf(json);
  for (const field of ['annotations', 'labels'] as const) {
    const map = objectOf(metadata?.[field]);
    if (map === undefined) continue;
    const keys = Object.keys(map);
    if (keys.length > mostKeys)
      return reason('pod_too_large', `metadata.${field}`, `${keys.length}, not ${mostKeys} at most`);
    if (field === 'annotations' && tooManyBytes(map, keys))
      return reason('annotations_too_large', 'metadata.annotations');
  }
  return undefined;
}

function tooManyBytes(annotations: JsonObject, keys: readonly string[]): boolean {
  let characters = 0;
  const texts: string[] = [];
  for (const key of keys) {
    const value = annotations[key];
    characters += key.length;
    texts.push(key);
    if (typeof value !== 'string') continue;
    characters += value.length;
    texts.push(value);
  }
  // A character is three bytes at most, so most pods need no counting of bytes.
  if (characters * 3 <= mostAnnotationBytes) return false;
  if (characters > mostAnnotationBytes) return true;
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) > mostAnnotationBytes;
}

function lengthOf(list: JsonObject[string] | undefined): number {
  return isList(list) ? list.length : 0;
}
