import type { Check } from './check.ts';
import { ok } from './finding.ts';
import { readVersion } from './server-version.ts';

export const kubernetesReachable: Check = {
  id: 'kubernetes.reachable',
  title: 'the API server answers',
  category: 'kubernetes',
  needs: [],
  async run(context) {
    const version = await context.once(readVersion);
    return version.ok ? ok(`${context.kube.server} answers`) : version.finding;
  },
};
