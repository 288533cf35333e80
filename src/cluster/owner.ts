import { managedAnnotation } from '../contract/names.ts';
import { type Json, type JsonObject, objectOf, objectsOf, textOf, textsOf } from '../json/json.ts';
import { type Kube, type KubeProblem, type KubeRequest, metadataOnly } from '../kube/kube.ts';
import { createLruCache } from '../memory/lru-cache.ts';
import { controllingOwner } from '../ownership/controlling-owner.ts';
import type { Result } from '../result/result.ts';
import type { Target } from './event-object.ts';
import { isUnanswered } from './request-pace.ts';

/** The owner that controls an object; nothing where nobody does. `object` as an admission review holds it. */
export function controllerOf(object: JsonObject | undefined): Target | undefined {
  const owner = controllingOwner(objectsOf(objectOf(object?.metadata)?.ownerReferences));
  const [apiVersion, kind, name, uid] = [owner?.apiVersion, owner?.kind, owner?.name, owner?.uid].map(textOf);
  return apiVersion && kind && name ? { apiVersion, kind, name, ...(uid && { uid }) } : undefined;
}

/**
 * The target, undefined where the API server knows no such object, so that it gets no Event; or the problem that the API
 * server cannot be asked right now, or that its answer is not final.
 */
export type FoundTarget = Result<Target | undefined, KubeProblem>;

/** Finds whom people know: the Deployment of a ReplicaSet, the CronJob of a Job; and which pod it is by now. */
export interface Owners {
  /** What is known without asking. */
  known(namespace: string, direct: Target): Target | undefined;
  /** Asks the API server once, for metadata only: what a review says of owners and pods, anyone may have made up. */
  find(about: { readonly namespace: string; readonly target: Target }, timeout?: number): Promise<FoundTarget>;
}

/** Kinds that make pods, and where they are read. */
const made: ReadonlyMap<string, string> = new Map([
  ['apps ReplicaSet', '/apis/apps/v1/namespaces/NAMESPACE/replicasets/'],
  ['apps StatefulSet', '/apis/apps/v1/namespaces/NAMESPACE/statefulsets/'],
  ['apps DaemonSet', '/apis/apps/v1/namespaces/NAMESPACE/daemonsets/'],
  ['batch Job', '/apis/batch/v1/namespaces/NAMESPACE/jobs/'],
]);

/** A name as the API server takes them; owner references come before it looked at them. */
const objectName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** @param most how many answers are remembered: an object's controller does not change. */
export function createOwners(kube: Kube, most: number): Owners {
  const answers = createLruCache<Target>(most);

  return {
    known(namespace, direct) {
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
      // Pods come and go under one name; what else was found stays as it is.
      if (target !== undefined && direct.kind !== 'Pod') answers.set(cacheKey(namespace, direct), target);
      return { ok: true, value: target };
    },
  };
}

/** What is to be asked, if anything. A pod is listed by its name: that needs no right beyond listing pods. */
function requestFor(namespace: string, { apiVersion, kind, name, uid }: Target): KubeRequest | undefined {
  if (!objectName.test(name)) return undefined;
  const within = encodeURIComponent(namespace);
  if (apiVersion === 'v1' && kind === 'Pod' && uid === undefined) {
    const path = `/api/v1/namespaces/${within}/pods`;
    return { method: 'GET', path, query: { fieldSelector: `metadata.name=${name}` }, accept: metadataOnly.list };
  }
  const folder = made.get(`${apiVersion.split('/')[0]} ${kind}`);
  if (folder === undefined || uid === undefined) return undefined;
  return { method: 'GET', path: `${folder.replace('NAMESPACE', within)}${name}`, accept: metadataOnly.one };
}

function targetOf(value: Json, direct: Target): Target | undefined {
  if (direct.kind === 'Pod') {
    // A pod that the webhook judged says so itself; another one of that name is not the one of the review.
    const judged = objectsOf(objectOf(value)?.items).filter(
      (item) =>
        textsOf(objectOf(item.metadata)?.annotations).has(managedAnnotation.status) && controllerOf(item) === undefined,
    );
    const uid = judged.map((item) => textOf(objectOf(item.metadata)?.uid)).find((one) => one !== undefined);
    return uid === undefined ? undefined : { ...direct, uid };
  }
  const object = objectOf(value);
  // Another object of the same name is not the one of the review.
  return objectOf(object?.metadata)?.uid === direct.uid ? (controllerOf(object) ?? direct) : undefined;
}

/** All of it: a uid alone is what the pod's author wrote. */
function cacheKey(namespace: string, { kind, name, uid }: Target): string {
  return [namespace, kind, name, uid].join('\n');
}
