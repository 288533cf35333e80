import type { X509Certificate } from 'node:crypto';
import { basename } from 'node:path';
import type { V1Secret } from '@kubernetes/client-node';
import { readCertificates } from '../../certificates/pem/pem.ts';
import type { Context } from '../finding/check.ts';
import { error, type Read, skipped, unread } from '../finding/finding.ts';
import { get } from './reading.ts';
import { readWebhookPods } from './webhook-pods.ts';

export interface Serving {
  /** `namespace/name` of the Secret. */
  readonly secret: string;
  /** PEM, the leaf first. */
  readonly chain: string;
  readonly leaf: X509Certificate;
}

/** The certificate chain that the webhook serves, read from its Secret. */
export async function readServing(context: Context): Promise<Read<Serving>> {
  const pods = await context.once(readWebhookPods);
  if (!pods.ok) return pods;
  const [pod] = pods.value;
  if (pod === undefined) return { ok: false, problem: skipped('the webhook has no pod whose flags name its Secret') };
  const { certificatesMode, certificatesSecret, tlsCertFile } = pod.settings;
  const mounted = pod.mountedSecret === undefined ? undefined : `${pod.namespace}/${pod.mountedSecret}`;
  const secret = certificatesMode === 'auto' ? certificatesSecret : mounted;
  if (secret === undefined) {
    return {
      ok: false,
      problem: skipped(`the certificate of pod ${pod.namespace}/${pod.name} does not come from a Secret`),
    };
  }
  const [namespace, name] = secret.split('/') as [string, string];
  const key = certificatesMode === 'auto' ? 'tls.crt' : basename(tlsCertFile);
  const answer = await get<Pick<V1Secret, 'data'>>(context.kube, `/api/v1/namespaces/${namespace}/secrets/${name}`);
  if (!answer.ok) {
    const missing = error(
      `Secret ${secret} does not exist: the webhook cannot serve; restore it, or upgrade the chart`,
    );
    const finding = answer.problem.code === 'not_found' ? missing : unread(answer.problem, `read Secret ${secret}`);
    return { ok: false, problem: finding };
  }
  const chain = Buffer.from(answer.value.data?.[key] ?? '', 'base64').toString();
  const [leaf] = readCertificates(chain);
  if (leaf !== undefined) return { ok: true, value: { secret, chain, leaf } };
  return { ok: false, problem: error(`Secret ${secret} has no certificate under ${key}: see the webhook's log`) };
}
