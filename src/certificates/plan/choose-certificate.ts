import type { KeyPair } from '../pem/key-pair.ts';
import { readCertificates } from '../pem/pem.ts';
import { chainProblem } from '../pem/verify.ts';
import { type Configuration, entriesOf, type WebhookEntry } from './ca-bundle.ts';
import type { Observation } from './observation.ts';

export interface CertificateOffer {
  /** The certificate that this replica serves. */
  readonly current: KeyPair | undefined;
  /** The serving certificate in the Secret. */
  readonly offered: KeyPair | undefined;
  readonly configurations: readonly Configuration[];
  readonly observed: Observation;
  readonly overlap: number;
  readonly now: number;
}

/**
 * The certificate to serve from now on. The one of the Secret is served at once where no usable one is served,
 * otherwise only when every caBundle has verified it for half the overlap, or verifies it by the authority of the
 * present one: API servers learn of a caBundle one after the other, and a Secret that was deleted, restored or filled
 * again must not take the webhook away from those that lag behind. The replica that removes the old authority from
 * caBundle waits for the whole overlap, so half of it is enough here.
 */
export function chooseCertificate({
  current,
  offered,
  configurations,
  observed,
  overlap,
  now,
}: CertificateOffer): KeyPair | undefined {
  if (offered === undefined) return current;
  if (current === undefined || current.cert === offered.cert) return offered;
  const entries = entriesOf(configurations);
  const verified = (chain: string, entry: WebhookEntry, bundle: string) =>
    chainProblem(chain, bundle, [entry.host], now) === undefined;
  if (!entries.some((entry) => verified(current.cert, entry, entry.bundle))) return offered;
  const relied = (entry: WebhookEntry) => {
    const old = readCertificates(entry.bundle).filter((one) => {
      const since = observed.held.get(one.fingerprint256);
      if (since !== undefined && since + overlap / 2 <= now) return true;
      return verified(current.cert, entry, one.toString());
    });
    return old.map((one) => one.toString()).join('');
  };
  return entries.every((entry) => verified(offered.cert, entry, relied(entry))) ? offered : current;
}
