import type { ObjectMeta } from '../../kube/kube.ts';
import { type Access, accessText, deniedToSelf } from '../cluster/access-review.ts';
import { type Configuration, isForPods, isOurs, readMutating } from '../cluster/installation.ts';
import { get } from '../cluster/reading.ts';
import type { Check } from '../finding/check.ts';
import { error, ok, unread, warning } from '../finding/finding.ts';

const rbac = 'rbac.authorization.k8s.io';
const admission = 'admissionregistration.k8s.io';

/** The rights that installing the chart takes. */
function neededRights(namespace: string): Access[] {
  const global: [string, string][] = [
    [rbac, 'clusterroles'],
    [rbac, 'clusterrolebindings'],
    [admission, 'mutatingwebhookconfigurations'],
    [admission, 'validatingwebhookconfigurations'],
  ];
  const namespaced: [string, string][] = [
    ['', 'serviceaccounts'],
    ['', 'services'],
    ['', 'secrets'],
    ['', 'configmaps'],
    ['apps', 'deployments'],
    ['policy', 'poddisruptionbudgets'],
    [rbac, 'roles'],
    [rbac, 'rolebindings'],
  ];
  return [
    ...global.map(([group, resource]) => ({ verb: 'create', group, resource })),
    ...namespaced.map(([group, resource]) => ({ verb: 'create', group, resource, namespace })),
  ];
}

export const installPermissions: Check = {
  id: 'install.permissions',
  title: 'you may create the objects of the chart',
  category: 'installation',
  needs: ['kubernetes.reachable'],
  async run({ kube, releaseNamespace }) {
    const denied = await deniedToSelf(kube, neededRights(releaseNamespace));
    if (!denied.ok) return unread(denied.problem, 'ask what you may do');
    if (denied.value.length === 0) return ok(`you may install the chart in namespace ${releaseNamespace}`);
    return error(
      `you may not create all objects of the chart in namespace ${releaseNamespace}: have a cluster administrator ` +
        'install it',
      denied.value.map((access) => `not allowed: ${accessText(access)}`),
    );
  },
};

const levels = ['privileged', 'baseline', 'restricted'];

/** The chart's pods conform to `restricted`, so only an invalid level is a problem. */
export const installPodSecurity: Check = {
  id: 'install.pod-security',
  title: 'Pod Security of the namespace admits the webhook',
  category: 'installation',
  needs: ['kubernetes.reachable'],
  async run({ kube, releaseNamespace: name }) {
    const answer = await get<{ readonly metadata: ObjectMeta }>(kube, `/api/v1/namespaces/${name}`);
    if (!answer.ok && answer.problem.code === 'not_found') {
      return ok(`namespace ${name} does not exist yet: install with --create-namespace`);
    }
    if (!answer.ok) return unread(answer.problem, `read namespace ${name}`);
    const level = answer.value.metadata.labels?.['pod-security.kubernetes.io/enforce'];
    if (level === undefined) return ok(`namespace ${name} enforces no level of Pod Security`);
    if (levels.includes(level)) return ok(`namespace ${name} enforces ${level}, to which the webhook conforms`);
    return warning(
      `namespace ${name} has the label pod-security.kubernetes.io/enforce=${level}, which is not a level and counts ` +
        'as restricted: correct it',
    );
  },
};

export const installConflict: Check = {
  id: 'install.conflict',
  title: 'metrics-sidecar is not installed yet',
  category: 'installation',
  needs: ['kubernetes.reachable'],
  async run(context) {
    const configurations = await context.once(readMutating);
    if (!configurations.ok) return configurations.problem;
    const ours = configurations.value.filter(isOurs);
    if (ours.length === 0) return ok('metrics-sidecar is not installed yet');
    return warning(
      `metrics-sidecar is installed already (${ours.map(releaseOf).join(', ')}): upgrade that release instead of ` +
        'installing another',
    );
  },
};

function releaseOf({ metadata }: Configuration): string {
  const { annotations = {} } = metadata;
  const [release, namespace] = ['name', 'namespace'].map((what) => annotations[`meta.helm.sh/release-${what}`]);
  return release === undefined ? metadata.name : `release ${release} in namespace ${namespace}`;
}

/** Other webhooks that change pods. They are no problem, but can explain an unexpected change of a pod. */
export const installOtherWebhooks: Check = {
  id: 'install.other-webhooks',
  title: 'other webhooks that change pods',
  category: 'installation',
  needs: ['kubernetes.reachable'],
  async run(context) {
    const configurations = await context.once(readMutating);
    if (!configurations.ok) return configurations.problem;
    const others = configurations.value
      .filter((one) => !isOurs(one))
      .flatMap(({ metadata, entries }) =>
        entries
          .filter(isForPods)
          .map(({ name, failurePolicy = 'Fail' }) => `${metadata.name}: ${name}, failurePolicy ${failurePolicy}`),
      );
    if (others.length === 0) return ok('none');
    return ok('the webhook sees their changes, also those made after its own (reinvocationPolicy IfNeeded)', others);
  },
};
