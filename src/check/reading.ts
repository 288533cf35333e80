import type { Kube, KubeObject, KubeResult } from '../kube/kube.ts';
import { listAll } from '../kube/list.ts';

export interface Listing<T> {
  /** Selectors. */
  readonly query?: Readonly<Record<string, string>>;
  readonly metadataOnly?: boolean;
  /** What is kept of an object; `undefined` of those that are of no interest. */
  readonly keep: (object: KubeObject) => T | undefined;
}

/**
 * Lists in pages, of which one is in memory at a time. A report may be of several moments: pods come and go meanwhile.
 */
export async function list<T>(
  kube: Kube,
  path: string,
  { query = {}, metadataOnly = false, keep }: Listing<T>,
): Promise<KubeResult<T[]>> {
  let kept: T[] = [];
  const restart = () => {
    kept = [];
  };
  const objects = (page: readonly KubeObject[]) => {
    for (const object of page) {
      const one = keep(object);
      if (one !== undefined) kept.push(one);
    }
  };
  const listed = await listAll(kube, { path, query, metadataOnly, consistent: false }, { restart, objects });
  return listed.ok ? { ok: true, value: kept, warnings: [] } : listed;
}

export function get<T>(kube: Kube, path: string): Promise<KubeResult<T>> {
  return kube.request<T>({ method: 'GET', path });
}

/** What somebody may do, as a SubjectAccessReview asks it. */
export interface Access {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** `patch mutatingwebhookconfigurations.admissionregistration.k8s.io "x" in namespace y`. */
export function accessText({ verb, group, resource, subresource, namespace, name }: Access): string {
  return [
    verb,
    `${resource}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`,
    ...(name === undefined ? [] : [JSON.stringify(name)]),
    ...(namespace === undefined ? [] : [`in namespace ${namespace}`]),
  ].join(' ');
}

interface Review {
  readonly status?: { readonly allowed?: boolean };
}

const authorization = '/apis/authorization.k8s.io/v1';

/** Which of these the person may not do. (SelfSubjectAccessReview, which everybody may create) */
export function deniedToSelf(kube: Kube, wanted: readonly Access[]): Promise<KubeResult<Access[]>> {
  return denied(kube, wanted, `${authorization}/selfsubjectaccessreviews`, (resourceAttributes) => ({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  }));
}

/** Which of these a service account may not do. */
export function deniedTo(
  kube: Kube,
  account: { readonly namespace: string; readonly name: string },
  wanted: readonly Access[],
): Promise<KubeResult<Access[]>> {
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`, 'system:authenticated'];
  const user = `system:serviceaccount:${account.namespace}:${account.name}`;
  return denied(kube, wanted, `${authorization}/subjectaccessreviews`, (resourceAttributes) => ({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, groups, resourceAttributes },
  }));
}

async function denied(
  kube: Kube,
  wanted: readonly Access[],
  path: string,
  review: (access: Access) => object,
): Promise<KubeResult<Access[]>> {
  const answers = await Promise.all(
    wanted.map((access) => kube.request<Review>({ method: 'POST', path, body: review(access) })),
  );
  const failed = answers.find((answer) => !answer.ok);
  if (failed !== undefined && !failed.ok) return failed;
  const value = wanted.filter((_, i) => {
    const answer = answers[i]!;
    return answer.ok && answer.value.status?.allowed !== true;
  });
  return { ok: true, value, warnings: [] };
}
