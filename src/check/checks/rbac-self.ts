import { type Access, accessText, deniedToSelf } from '../cluster/access.ts';
import type { Check } from '../finding/check.ts';
import { ok, skipped, unread } from '../finding/finding.ts';

const admission = 'admissionregistration.k8s.io';

/** What the checks read; services/proxy and pods/proxy where it is of the webhook. */
function wanted(namespace: string, releaseNamespace: string): readonly Access[] {
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
  title: 'you may read what the checks look at',
  category: 'permissions',
  needs: ['kubernetes.reachable'],
  async run({ kube, namespace, releaseNamespace }) {
    const denied = await deniedToSelf(kube, wanted(namespace, releaseNamespace));
    if (!denied.ok) return unread(denied.problem, 'ask what you may do');
    if (denied.value.length === 0) return ok('you may read what the checks look at');
    return skipped(
      'you may not read all that the checks look at; those that need it are skipped, so ask an administrator to run them',
      denied.value.map((access) => `not allowed: ${accessText(access)}`),
    );
  },
};
