import { readWebhookVersions } from '../cluster/webhook-versions.ts';
import type { Check } from '../finding/check.ts';
import { ok, skipped, warning } from '../finding/finding.ts';

export const webhookVersion: Check = {
  id: 'webhook.version',
  title: 'the webhook has the version of this program',
  category: 'webhook',
  needs: ['webhook.endpoints'],
  async run(context) {
    const versions = await context.once(readWebhookVersions);
    if (!versions.ok) return versions.problem;
    const [version, ...more] = versions.value;
    if (version === undefined)
      return skipped('neither metrics nor labels nor image tags name the version of the webhook');
    if (more.length > 0) {
      return warning(
        `the pods of the webhook have different versions (${versions.value.join(', ')}): wait for the rollout to end`,
      );
    }
    if (version === context.version) return ok(`version ${version}`);
    return warning(
      `the webhook has version ${version}, this program ${context.version}: use the same version of both, since ` +
        'their flags and annotations can differ',
    );
  },
};
