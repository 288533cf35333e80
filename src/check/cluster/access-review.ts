import type { V1SubjectAccessReview } from '@kubernetes/client-node';
import type { Kube, KubeResult } from '../../kube/kube.ts';

/** A right, as a SubjectAccessReview names it. */
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

const authorization = '/apis/authorization.k8s.io/v1';

/** The rights that the person lacks. (SelfSubjectAccessReview, which everybody may create) */
export function deniedToSelf(kube: Kube, rights: readonly Access[]): Promise<KubeResult<Access[]>> {
  return denied(kube, rights, `${authorization}/selfsubjectaccessreviews`, (resourceAttributes) => ({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  }));
}

/** The rights that a service account lacks. */
export function deniedTo(
  kube: Kube,
  account: { readonly namespace: string; readonly name: string },
  rights: readonly Access[],
): Promise<KubeResult<Access[]>> {
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`, 'system:authenticated'];
  const user = `system:serviceaccount:${account.namespace}:${account.name}`;
  return denied(kube, rights, `${authorization}/subjectaccessreviews`, (resourceAttributes) => ({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, groups, resourceAttributes },
  }));
}

async function denied(
  kube: Kube,
  rights: readonly Access[],
  path: string,
  review: (access: Access) => object,
): Promise<KubeResult<Access[]>> {
  const answers = await Promise.all(
    rights.map((access) =>
      kube.request<Pick<V1SubjectAccessReview, 'status'>>({ method: 'POST', path, body: review(access) }),
    ),
  );
  const failed = answers.find((answer) => !answer.ok);
  if (failed !== undefined && !failed.ok) return failed;
  const value = rights.filter((_, i) => {
    const answer = answers[i]!;
    return answer.ok && answer.value.status?.allowed !== true;
  });
  return { ok: true, value, warnings: [] };
}
