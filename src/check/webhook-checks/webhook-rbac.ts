import type { WebhookSettings } from '../../contract/webhook.ts';
import { counted } from '../../text/counted.ts';
import { type Access, accessText, deniedTo } from '../cluster/access-review.ts';
import { readWebhookPods } from '../cluster/webhook-pods.ts';
import type { Check } from '../finding/check.ts';
import { error, ok, skipped, unread } from '../finding/finding.ts';

const admission = 'admissionregistration.k8s.io';

function accesses(verbs: string, group: string, resource: string, more: Partial<Access> = {}): Access[] {
  return verbs.split(',').map((verb) => ({ verb, group, resource, ...more }));
}

/** The rights for every call that a webhook with these settings makes to the API server. */
export function callsOf(settings: WebhookSettings): Access[] {
  const { webhookConfiguration: name, certificatesMode, certificatesSecret, cluster } = settings;
  const auto = certificatesMode === 'auto';
  const [namespace, secret] = auto && certificatesSecret !== undefined ? certificatesSecret.split('/') : [];
  return [
    ...(cluster
      ? ['nodes', 'namespaces', 'limitranges', 'resourcequotas'].flatMap((resource) =>
          accesses('list,watch', '', resource),
        )
      : []),
    ...(cluster && (settings.clusterMissedInterval > 0 || settings.clusterEvents) ? accesses('list', '', 'pods') : []),
    ...(cluster && settings.clusterEvents
      ? [
          ...accesses('create,patch', '', 'events'),
          ...['replicasets', 'statefulsets', 'daemonsets'].flatMap((resource) => accesses('get', 'apps', resource)),
          ...accesses('get', 'batch', 'jobs'),
        ]
      : []),
    ...(name === undefined
      ? []
      : ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'].flatMap((resource) =>
          accesses(auto ? 'get,list,watch,patch' : 'get,list,watch', admission, resource, { name }),
        )),
    ...(namespace === undefined || secret === undefined
      ? []
      : accesses('get,list,watch,update,create,patch', '', 'secrets', { namespace, name: secret })),
  ];
}

export const webhookRbac: Check = {
  id: 'webhook.rbac',
  title: 'the webhook has the rights that it needs',
  category: 'webhook',
  needs: ['webhook.service'],
  async run(context) {
    const pods = await context.once(readWebhookPods);
    if (!pods.ok) return pods.problem;
    const [pod] = pods.value;
    if (pod === undefined) return skipped('the webhook has no pod that names its service account');
    const calls = callsOf(pod.settings);
    const account = { namespace: pod.namespace, name: pod.serviceAccount };
    const who = `service account ${account.namespace}/${account.name}`;
    if (calls.length === 0) return ok('with its flags the webhook does not call the API server');
    const denied = await deniedTo(context.kube, account, calls);
    if (!denied.ok) return unread(denied.problem, `ask what ${who} may do`);
    if (denied.value.length === 0) return ok(`${who} has the rights for all ${calls.length} calls of the webhook`);
    return error(
      `${who} lacks the rights for ${counted(denied.value.length, 'call')} of the webhook: upgrade the chart with ` +
        'rbac.create=true, or grant them',
      denied.value.map((access) => `not allowed: ${accessText(access)}`),
    );
  },
};
