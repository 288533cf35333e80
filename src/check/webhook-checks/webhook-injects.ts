import { readProbe } from '../cluster/probe.ts';
import type { Check } from '../finding/check.ts';
import { ok } from '../finding/finding.ts';

export const webhookInjects: Check = {
  id: 'webhook.injects',
  title: 'a pod that asks gets the sidecar',
  category: 'webhook',
  needs: ['webhook.configuration'],
  async run(context) {
    const injected = await context.once(readProbe);
    if (!injected.ok) return injected.problem;
    return ok(`a dry run in namespace ${context.namespace} adds the sidecar ${injected.value.image}`);
  },
};
