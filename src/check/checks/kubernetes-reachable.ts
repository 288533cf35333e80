import { readVersion } from '../cluster/server-version.ts';
import type { Check } from '../finding/check.ts';
import { ok } from '../finding/finding.ts';

export const kubernetesReachable: Check = {
  id: 'kubernetes.reachable',
  title: 'the API server answers',
  category: 'kubernetes',
  needs: [],
  async run(context) {
    const version = await context.once(readVersion);
    return version.ok ? ok(`${context.kube.server} answers`) : version.problem;
  },
};
