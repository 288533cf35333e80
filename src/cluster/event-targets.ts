import { managedAnnotation } from '../contract/names.ts';
import { type Json, type JsonObject, objectOf, objectsOf, textOf, textsOf } from '../json/json.ts';
import { type Kube, type KubeProblem, type KubeRequest, metadataOnly } from '../kube/kube.ts';
import { createLruCache } from '../memory/lru-cache.ts';
import { controllingOwner } from '../ownership/controlling-owner.ts';
import type { Result } from '../result/result.ts';
import type { Target } from './event-object.ts';
import { isUnanswered } from './request-pace.ts';

/** The controlling owner of an object of a review, as the target of an Event; undefined where it has none. */
export function controllerTarget(object: JsonObject | undefined): Target | undefined {
  const owner = controllingOwner(objectsOf(objectOf(object?.metadata)?.ownerReferences));
  const [apiVersion, kind, name, uid] = [owner?.apiVersion, owner?.kind, owner?.name, owner?.uid].map(textOf);
  return apiVersion && kind && name ? { apiVersion, kind, name, ...(uid && { uid }) } : undefined;
}

/**
 * The target, undefined where the API server knows no such object, so that it gets no Event; or the problem that the
 * API server did not answer, or that its answer is not final.
 */
export type TargetResult = Result<Target | undefined, KubeProblem>;

/** Finds the object that an Event is about: the Deployment of a ReplicaSet, the CronJob of a Job; the uid of a pod. */
export interface EventTargets {
  /** The target from memory, without a request. */
  remembered(namespace: string, direct: Target): Target | undefined;
  /** Asks the API server once, for metadata alone: anyone may have made up the owners and pods of a review. */
  find(about: { readonly namespace: string; readonly target: Target }, timeout?: number): Promise<TargetResult>;
}

/** The kinds that make pods, and their paths. */
const ownerPaths: ReadonlyMap<string, string> = new Map([
  ['apps ReplicaSet', '/apis/apps/v1/namespaces/NAMESPACE/replicasets/'],
  ['apps StatefulSet', '/apis/apps/v1/namespaces/NAMESPACE/statefulsets/'],
  ['apps DaemonSet', '/apis/apps/v1/namespaces/NAMESPACE/daemonsets/'],
  ['batch Job', '/apis/batch/v1/namespaces/NAMESPACE/jobs/'],
]);

/** A name that the API server accepts; admission comes before it checks owner references. */
const objectName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** @param most how many answers are remembered: an object's controller does not change. */
export function createEventTargets(kube: Kube, most: number): EventTargets {
  const answers = createLruCache<Target>(most);

  return {
    remembered(namespace, direct) {
      return answers.get(cacheKey(namespace, direct));
    },
    async find({ namespace, target: direct }, timeout) {
      const request = requestFor(namespace, direct);
      if (request === undefined) return { ok: true, value: undefined };
      const answer = await kube.request<Json>({
        ...request,
        ...(timeout !== undefined && { timeout }),
      });
      if (!answer.ok && isUnanswered(answer.problem)) return answer;
      const target = answer.ok ? targetOf(answer.value, direct) : undefined;
      // Another pod may have the same name later; the controller of any other object does not change.
      if (target !== undefined && direct.kind !== 'Pod') answers.set(cacheKey(namespace, direct), target);
      return { ok: true, value: target };
    },
  };
}

/**
 * The request; undefined where there is nothing to ask. A pod is listed by its name: that needs only the right to list.
 */
function requestFor(namespace: string, { apiVersion, kind, name, uid }: Target): KubeRequest | undefined {
  if (!objectName.test(name)) return undefined;
  const within = encodeURIComponent(namespace);
  if (apiVersion === 'v1' && kind === 'Pod' && uid === undefined) {
    const path = `/api/v1/namespaces/${within}/pods`;
    return { method: 'GET', path, query: { fieldSelector: `metadata.name=${name}` }, accept: metadataOnly.list };
  }
  const folder = ownerPaths.get(`${apiVersion.split('/')[0]} ${kind}`);
  if (folder === undefined || uid === undefined) return undefined;
  return { method: 'GET', path: `${folder.replace('NAMESPACE', within)}${name}`, accept: metadataOnly.one };
}

function targetOf(value: Json, direct: Target): Target | undefined {
  if (direct.kind === 'Pod') {
    // A pod of a review carries the status annotation; any other pod of that name is not the one of the review.
    const reviewed = objectsOf(objectOf(value)?.items).filter(
      (item) =>
        textsOf(objectOf(item.metadata)?.annotations).has(managedAnnotation.status) &&
        controllerTarget(item) === undefined,
    );
    const uid = reviewed.map((item) => textOf(objectOf(item.metadata)?.uid)).find((one) => one !== undefined);
    return uid === undefined ? undefined : { ...direct, uid };
  }
  const object = objectOf(value);
  // Another object of the same name is not the one of the review.
  return objectOf(object?.metadata)?.uid === direct.uid ? (controllerTarget(object) ?? direct) : undefined;
}

/** Every field: the pod's author wrote the uid, which may be that of another object. */
function cacheKey(namespace: string, { kind, name, uid }: Target): string {
  return [namespace, kind, name, uid].join('\n');
}
