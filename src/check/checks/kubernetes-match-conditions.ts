import { matchConditionsMinor, readVersion } from '../cluster/server-version.ts';
import type { Check } from '../finding/check.ts';
import { ok, warning } from '../finding/finding.ts';

const stableMinor = 30;

export const kubernetesMatchConditions: Check = {
  id: 'kubernetes.match-conditions',
  title: 'only pods that ask reach the webhook',
  category: 'kubernetes',
  needs: ['kubernetes.reachable'],
  async run(context) {
    const version = await context.once(readVersion);
    if (!version.ok) return version.problem;
    const { gitVersion, minor } = version.value;
    if (minor >= stableMinor) return ok('matchConditions are supported');
    if (minor >= matchConditionsMinor) return ok('matchConditions are supported (beta, on by default)');
    return warning(
      `Kubernetes ${gitVersion} has no matchConditions, which come with 1.${matchConditionsMinor}: the API ` +
        'server would call the webhook for every new pod; upgrade the cluster',
    );
  },
};
