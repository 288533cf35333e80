import { podsOf } from '../../src/inject/request/workload.ts';
import { type JsonObject, objectOf, objectsOf } from '../../src/json/json.ts';
import type { ManifestObject, PodLocation } from '../../src/manifest/objects.ts';

/** The pod that a template makes, or the pod itself, as far as the webhook goes by it. */
export function podOf({ form, kind, value }: ManifestObject, location: PodLocation): JsonObject {
  const template = form === 'workload' ? podsOf({ ...value, kind })[0] : undefined;
  return template ?? { ...location.value, apiVersion: 'v1', kind: 'Pod' };
}

/**
 * What is created of an object that the webhook changes: a Service, a pod, the pods of a workload with what its
 * controller gives them. Operators give theirs an image where the template has none.
 */
export function asCreated(object: ManifestObject): readonly JsonObject[] {
  const { form, kind, apiVersion, value } = object;
  if (form === 'service') return [{ ...value, kind, apiVersion }];
  return object.pods.map((location) => {
    const pod = podOf(object, location);
    if (form === 'pod') return pod;
    const made = { ...pod, metadata: metadataOf(pod), spec: { ...objectOf(pod.spec), ...claims(object, pod) } };
    return form === 'custom' ? withImages(made) : made;
  });
}

function metadataOf(pod: JsonObject): JsonObject {
  const { ownerReferences, ...metadata } = objectOf(pod.metadata) ?? {};
  const owners = objectsOf(ownerReferences).map((owner) => {
    return { apiVersion: 'batch/v1', name: 'owner', uid: '7a4a1c9e-0f7e-4d0b-8f63-0d5c5a1f2b3c', ...owner };
  });
  return { name: 'of-a-template', ...metadata, ...(owners.length > 0 && { ownerReferences: owners }) };
}

/** A StatefulSet's pods have a volume for each of its claims. */
function claims({ value }: ManifestObject, pod: JsonObject): JsonObject {
  const names = objectsOf(objectOf(value.spec)?.volumeClaimTemplates).map(({ metadata }) => objectOf(metadata)!.name!);
  if (names.length === 0) return {};
  const made = names.map((name) => ({ name, persistentVolumeClaim: { claimName: `${name}-of-a-template` } }));
  return { volumes: [...made, ...objectsOf(objectOf(pod.spec)?.volumes)] };
}

function withImages(pod: JsonObject): JsonObject {
  const spec = objectOf(pod.spec)!;
  const containers = objectsOf(spec.containers).map((one) => ({ image: 'example.test/of-the-operator:1', ...one }));
  return { ...pod, spec: { ...spec, containers } };
}
