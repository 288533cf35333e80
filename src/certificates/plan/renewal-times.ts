import type { KeyPair } from '../pem/key-pair.ts';
import { readCertificates } from '../pem/pem.ts';
import { periodOf } from '../pem/period.ts';
import { chainProblem } from '../pem/verify.ts';
import type { AuthoritySettings } from './certificate-state.ts';

/** Issuers date certificates back by this much. One that begins later than now plus this has a wrong clock's dates. */
const clockSkewMs = 3_600_000;
/** A renewal that gains less is not worth it. */
const gainMs = 60_000;

/** When a certificate has a third of its validity left. Milliseconds since the epoch; PEM. */
export function dueAt(pem: string): number {
  const [begins, ends] = period(pem);
  return ends - (ends - begins) / 3;
}

/** When a certificate expires. Milliseconds since the epoch; PEM. */
export function expiresAt(pem: string): number {
  return period(pem)[1];
}

/** Whether an authority may sign: it is not expired, and not from the future. */
export function isCurrent(pem: string, now: number): boolean {
  const [begins, ends] = period(pem);
  return ends > now && begins <= now + clockSkewMs;
}

/** When a serving certificate signed now would expire: never after its authority, which would break the chain. */
export function servingEnds(authority: string, { validity }: AuthoritySettings, now: number): number {
  return Math.min(now + validity, expiresAt(authority));
}

/**
 * When the serving certificate is to be renewed; undefined where the new one would not last longer, because the
 * authority ends.
 */
export function servingDueAt(serving: KeyPair, authority: string, settings: AuthoritySettings): number | undefined {
  const due = dueAt(serving.cert);
  return servingEnds(authority, settings, due) > expiresAt(serving.cert) + gainMs ? due : undefined;
}

/**
 * Why a certificate cannot be served for `names` under its authority; undefined where it can. A replica whose clock is
 * behind must not mistake a certificate that another has just issued for a damaged one.
 */
export function servingProblem(
  serving: KeyPair,
  authority: string,
  names: readonly string[],
  now: number,
): string | undefined {
  const begins = Math.max(period(serving.cert)[0], period(authority)[0]);
  return chainProblem(serving.cert, authority, names, begins <= now + clockSkewMs ? Math.max(now, begins) : now);
}

function period(pem: string): readonly [begins: number, ends: number] {
  const [first] = readCertificates(pem);
  if (first === undefined) return [0, 0];
  const { begins, ends } = periodOf(first);
  return [begins, ends];
}
