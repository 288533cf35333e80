import { matchConditionsMinor, readVersion } from '../cluster/server-version.ts';
import type { Check } from '../finding/check.ts';
import { ok, warning } from '../finding/finding.ts';

const finalMinor = 30;

export const kubernetesMatchConditions: Check = {
  id: 'kubernetes.match-conditions',
  title: 'only pods that ask reach the webhook',
  category: 'kubernetes',
  needs: ['kubernetes.reachable'],
  async run(context) {
    const version = await context.once(readVersion);
    if (!version.ok) return version.problem;
    const { gitVersion, minor } = version.value;
    if (minor >= finalMinor) return ok('matchConditions are supported');
    if (minor >= matchConditionsMinor)
      return ok('matchConditions are supported (beta, on unless a feature gate says no)');
    return warning(
      `Kubernetes ${gitVersion} has no matchConditions, which come with 1.${matchConditionsMinor}: the webhook would be ` +
        'called for every pod that is created; upgrade the cluster',
    );
  },
};
