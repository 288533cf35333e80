import type { Pair } from '../issue/issue.ts';
import { readCertificates } from '../pem/pem.ts';
import { chainProblem } from '../pem/verify.ts';
import { type Configuration, type Entry, entriesOf } from './ca-bundle.ts';
import type { Observation } from './observation.ts';

export interface Offer {
  /** What this replica serves. */
  readonly current: Pair | undefined;
  /** What the Secret holds. */
  readonly offered: Pair | undefined;
  readonly configurations: readonly Configuration[];
  readonly observed: Observation;
  readonly overlap: number;
  readonly now: number;
}

/**
 * The pair to serve from now on. What the Secret offers is taken at once where nothing better is served, and otherwise
 * only when every caBundle has verified it for half the overlap, or by the authority of what is served: API servers learn of a caBundle one after the other, and
 * a Secret that was deleted, restored or filled anew must not take the webhook away from those that lag behind. Half,
 * because whoever takes the old authority out of caBundle waits for the whole.
 */
export function choosePair({ current, offered, configurations, observed, overlap, now }: Offer): Pair | undefined {
  if (offered === undefined) return current;
  if (current === undefined || current.cert === offered.cert) return offered;
  const entries = entriesOf(configurations);
  const verified = (chain: string, entry: Entry, bundle: string) =>
    chainProblem(chain, bundle, [entry.host], now) === undefined;
  if (!entries.some((entry) => verified(current.cert, entry, entry.bundle))) return offered;
  const relied = (entry: Entry) => {
    const old = readCertificates(entry.bundle).filter((one) => {
      const since = observed.held.get(one.fingerprint256);
      if (since !== undefined && since + overlap / 2 <= now) return true;
      return verified(current.cert, entry, one.toString());
    });
    return old.map((one) => one.toString()).join('');
  };
  return entries.every((entry) => verified(offered.cert, entry, relied(entry))) ? offered : current;
}
