import { type Access, accessText, deniedToSelf } from '../cluster/access-review.ts';
import type { Check } from '../finding/check.ts';
import { ok, skipped, unread } from '../finding/finding.ts';

const admission = 'admissionregistration.k8s.io';

/** The rights that the checks need; those on services/proxy and pods/proxy for the webhook's namespace. */
function neededRights(namespace: string, releaseNamespace: string): readonly Access[] {
  const listed = ['nodes', 'namespaces', 'pods', 'services'].map((resource) => ({ verb: 'list', group: '', resource }));
  const proxied = ['services', 'pods'].map((resource) => ({
    verb: 'get',
    group: '',
    resource,
    subresource: 'proxy',
    namespace: releaseNamespace,
  }));
  return [
    ...listed,
    { verb: 'list', group: admission, resource: 'mutatingwebhookconfigurations' },
    { verb: 'list', group: admission, resource: 'validatingwebhookconfigurations' },
    ...proxied,
    { verb: 'get', group: '', resource: 'secrets', namespace: releaseNamespace },
    { verb: 'create', group: '', resource: 'pods', namespace },
    { verb: 'create', group: 'authorization.k8s.io', resource: 'subjectaccessreviews' },
  ];
}

export const rbacSelf: Check = {
  id: 'rbac.self',
  title: 'you have the rights that the checks need',
  category: 'permissions',
  needs: ['kubernetes.reachable'],
  async run({ kube, namespace, releaseNamespace }) {
    const denied = await deniedToSelf(kube, neededRights(namespace, releaseNamespace));
    if (!denied.ok) return unread(denied.problem, 'ask what you may do');
    if (denied.value.length === 0) return ok('you have the rights that the checks need');
    return skipped(
      'you lack rights, and the checks that need them are skipped: ask an administrator to run them',
      denied.value.map((access) => `not allowed: ${accessText(access)}`),
    );
  },
};
