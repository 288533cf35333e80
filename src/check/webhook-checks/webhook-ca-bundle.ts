import { readCertificates } from '../../certificates/pem/pem.ts';
import { periodOf } from '../../certificates/pem/period.ts';
import { chainProblem } from '../../certificates/pem/verify.ts';
import { type Configuration, readInstallation, type WebhookEntry } from '../cluster/installation.ts';
import { readServing, type Serving } from '../cluster/serving.ts';
import { metricOf, readPages, type WebhookPage } from '../cluster/webhook-pages.ts';
import type { Check } from '../finding/check.ts';
import { error, type Finding, ok, serverMessage } from '../finding/finding.ts';

export const webhookCaBundle: Check = {
  id: 'webhook.ca-bundle',
  title: 'the API server trusts the certificate of the webhook',
  category: 'webhook',
  needs: ['webhook.service'],
  async run(context) {
    const installed = await context.once(readInstallation);
    if (!installed.ok) return installed.problem;
    const { configurations } = installed.value;
    for (const configuration of configurations) {
      for (const entry of configuration.entries) {
        const wrong = judgeBundle(configuration, entry, context.now());
        if (wrong !== undefined) return wrong;
      }
    }
    const [serving, pages] = [await context.once(readServing), await context.once(readPages)];
    const unsynced = pages.ok ? pages.value.flatMap(unsyncedOf) : [];
    if (unsynced.length > 0) return error(unsynced[0]!, unsynced.slice(1));
    if (serving.ok) return judgeTrust(configurations, serving.value, context.now());
    const confirmed = pages.ok && pages.value.some((page) => metricOf(page, 'ca_bundle_synced') === 1);
    return confirmed ? ok('the webhook reports that caBundle verifies its certificate') : serving.problem;
  },
};

function judgeBundle({ kind, metadata }: Configuration, entry: WebhookEntry, now: number): Finding | undefined {
  const where = `entry ${entry.name} of ${kind} ${metadata.name}`;
  if ((entry.clientConfig.caBundle ?? '') === '') {
    return error(
      `${where} has no caBundle, so the API server trusts no certificate of the webhook: see the webhook's log ` +
        '(certificates.mode auto), cert-manager’s cainjector, or set the chart’s caBundle',
    );
  }
  const bundle = readCertificates(bundleOf(entry));
  if (bundle.length === 0)
    return error(`the caBundle of ${where} holds no certificate: set it to the PEM of the authority`);
  if (bundle.some((certificate) => periodOf(certificate).ends > now)) return undefined;
  return error(`every certificate in the caBundle of ${where} has expired: renew the authority (docs/certificates.md)`);
}

function judgeTrust(configurations: readonly Configuration[], { secret, chain }: Serving, now: number): Finding {
  const wrong = configurations.flatMap(({ kind, metadata, entries }) =>
    entries.flatMap((entry) => {
      const problem = chainProblem(chain, bundleOf(entry), [], now);
      return problem === undefined ? [] : [{ where: `entry ${entry.name} of ${kind} ${metadata.name}`, problem }];
    }),
  );
  if (wrong.length === 0) return ok(`caBundle verifies the certificate in Secret ${secret}`);
  return error(
    `the caBundle of ${wrong[0]!.where} does not verify the certificate in Secret ${secret}: ${wrong[0]!.problem}; ` +
      'put the authority of the certificate into the caBundle, or have the certificate issued by an authority of the ' +
      'caBundle',
    wrong.slice(1).map(({ where }) => `the caBundle of ${where} does not verify it either`),
  );
}

function bundleOf({ clientConfig }: WebhookEntry): string {
  return Buffer.from(clientConfig.caBundle ?? '', 'base64').toString();
}

/** The report of a replica whose certificate caBundle does not verify. */
function unsyncedOf(page: WebhookPage): string[] {
  const { namespace, name, settings } = page.pod;
  // Without the name of a configuration the replica compares nothing.
  if (settings.webhookConfiguration === undefined || metricOf(page, 'ca_bundle_synced') !== 0) return [];
  const why = page.readyz.ok ? 'it is not in sync' : serverMessage(page.readyz.problem);
  return [`pod ${namespace}/${name} reports that caBundle does not verify its certificate: ${why}`];
}
