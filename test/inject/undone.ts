import { managedAnnotation } from '../../src/contract/names.ts';
import { type JsonObject, objectOf } from '../../src/json/json.ts';

/** The object without a status of ours, which uninject never gives back; a map that held nothing else goes with it. */
export function undone(json: JsonObject): JsonObject {
  const metadata = objectOf(json.metadata);
  const annotations = objectOf(metadata?.annotations);
  if (annotations === undefined || !Object.hasOwn(annotations, managedAnnotation.status)) return json;
  const { [managedAnnotation.status]: _, ...others } = annotations;
  const { annotations: __, ...rest } = metadata!;
  if (Object.keys(others).length === 0) return { ...json, metadata: rest };
  return { ...json, metadata: { ...metadata, annotations: others } };
}
