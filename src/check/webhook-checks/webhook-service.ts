import { counted } from '../../text/counted.ts';
import { readCalledService, readWebhookPods } from '../cluster/webhook-pods.ts';
import type { Check } from '../finding/check.ts';
import { error, ok, warning } from '../finding/finding.ts';

export const webhookService: Check = {
  id: 'webhook.service',
  title: 'the Service that the API server calls exists',
  category: 'webhook',
  needs: ['webhook.configuration'],
  async run(context) {
    const called = await context.once(readCalledService);
    if (!called.ok) return called.problem;
    const { namespace, name, port, service } = called.value;
    const ports = service.spec.ports ?? [];
    if (Object.keys(service.spec.selector ?? {}).length === 0) {
      return error(`Service ${namespace}/${name} has no selector, so no pod is behind it: upgrade the chart`);
    }
    if (!ports.some((one) => one.port === port)) {
      const has = ports.map((one) => one.port).join(', ');
      return error(
        `Service ${namespace}/${name} has no port ${port}, which the configuration calls (it has ${has}): upgrade ` +
          'the chart',
      );
    }
    return ok(`Service ${namespace}/${name}, port ${port}`);
  },
};

export const webhookEndpoints: Check = {
  id: 'webhook.endpoints',
  title: 'pods of the webhook are ready',
  category: 'webhook',
  needs: ['webhook.service'],
  async run(context) {
    const [called, pods] = [await context.once(readCalledService), await context.once(readWebhookPods)];
    if (!called.ok) return called.problem;
    if (!pods.ok) return pods.problem;
    const { namespace, name } = called.value;
    if (pods.value.length === 0) {
      return error(
        `Service ${namespace}/${name} selects no pod: see why its Deployment creates none (kubectl describe ` +
          `deployment -n ${namespace})`,
      );
    }
    const unready = pods.value.filter(({ ready }) => !ready);
    const lines = unready.map((pod) => `pod ${pod.name}: ${pod.state}`);
    if (unready.length === pods.value.length) {
      return error(
        `no pod behind Service ${namespace}/${name} is ready, so new pods are not injected: see kubectl logs and ` +
          'kubectl describe of its pods',
        lines,
      );
    }
    if (unready.length > 0) {
      return warning(
        `not ready: ${counted(unready.length, 'pod')} of ${pods.value.length} behind Service ${namespace}/${name}; ` +
          'see its log',
        lines,
      );
    }
    return ok(`${counted(pods.value.length, 'pod')} ready`);
  },
};
