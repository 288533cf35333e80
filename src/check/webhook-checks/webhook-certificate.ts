import type { X509Certificate } from 'node:crypto';
import { readServing } from '../cluster/serving.ts';
import { metricOf, readPages } from '../cluster/webhook-pages.ts';
import { readCalledService } from '../cluster/webhook-pods.ts';
import type { Check, Context } from '../finding/check.ts';
import { error, type Finding, ok, warning } from '../finding/finding.ts';

const day = 24 * 3_600_000;
/** As in the alert: two thirds of the validity, in which a certificate is renewed, are over long before. */
const soon = 7 * day;

export const webhookCertificate: Check = {
  id: 'webhook.certificate',
  title: "the webhook's certificate is valid for its name",
  category: 'webhook',
  needs: ['webhook.service'],
  async run(context) {
    const [called, serving] = [await context.once(readCalledService), await context.once(readServing)];
    if (!called.ok) return called.problem;
    const stale = await olderServed(context, serving.ok ? serving.value.leaf : undefined);
    if (stale !== undefined) return stale;
    if (!serving.ok) return serving.problem;
    const { leaf, secret } = serving.value;
    return judgeCertificate(leaf, secret, called.value.dnsName, context.now());
  },
};

function judgeCertificate(leaf: X509Certificate, secret: string, dnsName: string, now: number): Finding {
  const where = `the certificate in Secret ${secret}`;
  const expires = Date.parse(leaf.validTo);
  const date = new Date(expires).toISOString().slice(0, 10);
  if (expires < now) {
    return error(`${where} expired on ${date}, so the API server refuses every call: renew it (docs/certificates.md)`);
  }
  if (Date.parse(leaf.validFrom) > now) {
    return error(`${where} is not valid before ${new Date(leaf.validFrom).toISOString()}: correct the clocks`);
  }
  if (leaf.checkHost(dnsName, { subject: 'never', partialWildcards: false }) === undefined) {
    const names = leaf.subjectAltName ?? 'no names';
    return error(
      `${where} is not for ${dnsName}, the name that the API server calls (it is for ${names}): issue a new one`,
    );
  }
  if (expires - now < soon) {
    return warning(`${where} expires on ${date}: find out why it was not renewed (the webhook's log, cert-manager)`);
  }
  return ok(`valid until ${date}, for ${dnsName}`);
}

/**
 * The finding for a replica that serves another certificate than its Secret holds, or an expired one, where pages can
 * be read.
 */
async function olderServed(context: Context, leaf: X509Certificate | undefined): Promise<Finding | undefined> {
  const pages = await context.once(readPages);
  if (!pages.ok) return undefined;
  for (const page of pages.value) {
    const served = metricOf(page, 'certificate_expiry_timestamp_seconds');
    if (served === undefined) continue;
    const { namespace, name } = page.pod;
    const date = new Date(served * 1000).toISOString();
    if (served * 1000 < context.now()) {
      return error(
        `pod ${namespace}/${name} serves a certificate that expired on ${date}: renew it, then delete the pod`,
      );
    }
    if (leaf !== undefined && Math.abs(Date.parse(leaf.validTo) - served * 1000) > 1000) {
      const message =
        `pod ${namespace}/${name} serves a certificate other than the one in its Secret (it expires ` +
        `on ${date}): wait a minute, then delete the pod`;
      return warning(message);
    }
  }
  return undefined;
}
