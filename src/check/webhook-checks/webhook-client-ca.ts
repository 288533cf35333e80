import { readProbe } from '../cluster/probe.ts';
import { metricOf, readPages, seriesOf, type WebhookPage } from '../cluster/webhook-pages.ts';
import { readWebhookPods } from '../cluster/webhook-pods.ts';
import type { Check } from '../finding/check.ts';
import { error, type Finding, ok, skipped, unread, warning } from '../finding/finding.ts';

const day = 24 * 3_600_000;
const where = 'docs/security.md, client certificates';

/**
 * Has the API server call the webhook in a dry run, of which nothing is stored, and then reads the replicas' counters.
 */
export const webhookClientCa: Check = {
  id: 'webhook.client-ca',
  title: 'the API server presents the client certificate that the webhook asks for',
  category: 'webhook',
  needs: ['webhook.endpoints'],
  async run(context) {
    const pods = await context.once(readWebhookPods);
    if (!pods.ok) return pods.problem;
    if (!pods.value.some(({ settings }) => settings.clientCaFile !== undefined)) {
      return ok('the webhook asks for no client certificate (webhook.clientCA)');
    }
    const probe = await context.once(readProbe);
    // Not by `once`: pages that another check read are older than the dry run.
    const pages = await readPages(context);
    if (!pages.ok) return pages.problem;
    for (const { pod, metrics } of pages.value) {
      if (!metrics.ok) return unread(metrics.problem, `read the metrics of pod ${pod.namespace}/${pod.name}`);
    }
    return judgeCallers(pages.value, probe.ok || probe.problem.result !== 'skipped', context.now());
  },
};

function judgeCallers(pages: readonly WebhookPage[], isAsked: boolean, now: number): Finding {
  const refused = new Map<string, number>();
  let answered = 0;
  for (const page of pages) {
    for (const value of seriesOf(page, 'requests_total').values()) answered += value;
    for (const [labels, value] of seriesOf(page, 'refused_requests_total')) {
      const code = /code="(client_\w+)"/.exec(labels)?.[1];
      if (code !== undefined) refused.set(code, (refused.get(code) ?? 0) + value);
    }
  }
  const refusals = [...refused].map(([code, count]) => `${count} ${code}`).join(', ');
  if (answered === 0) {
    if (refusals === '' || !isAsked)
      return skipped('the webhook asks for client certificates, and no review has come yet');
    const cure = `give the API server a client certificate (${where})`;
    return error(`the webhook refused every caller (${refusals}) and answered no review: ${cure}`);
  }
  const wrong = [...refused.keys()].some((code) => code !== 'client_no_certificate');
  if (wrong) {
    return warning(
      `callers with a wrong client certificate were refused (${refusals}): the log of the webhook names them`,
    );
  }
  return (
    notUsed(pages) ??
    expiring(pages, now) ??
    ok(`the webhook answers the API server${refusals && `; refused: ${refusals}`}`)
  );
}

function notUsed(pages: readonly WebhookPage[]): Finding | undefined {
  for (const page of pages) {
    if (seriesOf(page, 'last_reload_successful').get('what="client_ca"') !== 0) continue;
    const { namespace, name } = page.pod;
    return warning(`pod ${namespace}/${name} cannot use the new client authorities: see its log`);
  }
  return undefined;
}

function expiring(pages: readonly WebhookPage[], now: number): Finding | undefined {
  const ends = pages.flatMap((page) => metricOf(page, 'client_certificate_expiry_timestamp_seconds') ?? []);
  const first = Math.min(...ends) * 1000;
  if (first - now >= 14 * day) return undefined;
  const date = new Date(first).toISOString().slice(0, 10);
  return warning(`the client certificate of the API server expires on ${date}: renew it (${where})`);
}
