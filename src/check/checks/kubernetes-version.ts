import { matchConditionsMinor, readVersion } from '../cluster/server-version.ts';
import type { Check } from '../finding/check.ts';
import { error, ok } from '../finding/finding.ts';

/** The chart's `kubeVersion`; older versions have no `matchConditions`. */
const oldest = matchConditionsMinor;

export const kubernetesVersion: Check = {
  id: 'kubernetes.version',
  title: 'the version of Kubernetes is supported',
  category: 'kubernetes',
  needs: ['kubernetes.reachable'],
  async run(context) {
    const version = await context.once(readVersion);
    if (!version.ok) return version.problem;
    const { gitVersion, minor } = version.value;
    if (minor >= oldest) return ok(`Kubernetes ${gitVersion}`);
    return error(
      `Kubernetes ${gitVersion} is older than 1.${oldest}, the oldest that is supported: upgrade the cluster`,
    );
  },
};
