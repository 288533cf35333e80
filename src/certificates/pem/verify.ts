import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { readCertificates } from './pem.ts';
import { periodOf } from './period.ts';

const serverAuth = '1.3.6.1.5.5.7.3.1';
const anyPurpose = '2.5.29.37.0';

/**
 * Why a client that trusts the certificates of `bundle` and nothing else would refuse `chain` under one of `names`; one
 * sentence, or undefined where it would accept it. Decides like Go's crypto/x509 in the API server: every certificate
 * of the path has to be within its period, the root too; the common name does not count; a certificate that is itself
 * in the bundle needs no authority.
 *
 * @param chain PEM: the serving certificate, then intermediate ones.
 * @param bundle PEM of several certificates, as in caBundle.
 * @param names DNS names and IP addresses.
 * @param now milliseconds since the epoch.
 */
export function chainProblem(chain: string, bundle: string, names: readonly string[], now: number): string | undefined {
  const [leaf, ...others] = readCertificates(chain);
  if (leaf === undefined) return 'there is no serving certificate';
  const roots = readCertificates(bundle);
  if (roots.length === 0) return 'caBundle holds no certificate';
  return (
    periodProblem(leaf, 'the serving certificate', now) ??
    purposeProblem(leaf) ??
    nameProblem(leaf, names) ??
    signatureProblem(leaf, others.slice(0, 8), roots, now)
  );
}

function periodProblem(certificate: X509Certificate, what: string, now: number): string | undefined {
  const { begins, ends } = periodOf(certificate);
  if (ends <= now) return `${what} expired on ${new Date(ends).toISOString()}`;
  if (begins <= now) return undefined;
  return `${what} is not valid before ${new Date(begins).toISOString()}`;
}

function purposeProblem(leaf: X509Certificate): string | undefined {
  // Node's `keyUsage` is the extended key usage; a certificate without it is valid for all purposes.
  const purposes = leaf.keyUsage as readonly string[] | undefined;
  if (purposes === undefined || purposes.includes(serverAuth) || purposes.includes(anyPurpose)) return undefined;
  return 'the serving certificate is not for servers (extended key usage)';
}

function nameProblem(leaf: X509Certificate, names: readonly string[]): string | undefined {
  const missing = names.filter((name) => !isFor(leaf, name));
  if (missing.length === 0) return undefined;
  const valid = leaf.subjectAltName?.replace(/DNS:|IP Address:/g, '') ?? 'no name (it has no subject alternative name)';
  return `the serving certificate is for ${valid}, not for ${missing.join(', ')}`;
}

function isFor(leaf: X509Certificate, name: string): boolean {
  if (isIP(name) !== 0) return leaf.checkIP(name) !== undefined;
  return leaf.checkHost(name, { subject: 'never', partialWildcards: false }) !== undefined;
}

/** Follows every path from `certificate` to a root; returns the problem of the most promising path. */
function signatureProblem(
  certificate: X509Certificate,
  others: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  now: number,
): string | undefined {
  if (roots.some((root) => root.raw.equals(certificate.raw))) return undefined;
  const problems: string[] = [];
  for (const root of roots.filter((one) => isSignedBy(certificate, one))) {
    const problem = authorityProblem(root, now);
    if (problem === undefined) return undefined;
    problems.push(problem);
  }
  for (const other of others.filter((one) => isSignedBy(certificate, one))) {
    const rest = others.filter((one) => one !== other);
    const problem = authorityProblem(other, now) ?? signatureProblem(other, rest, roots, now);
    if (problem === undefined) return undefined;
    problems.push(problem);
  }
  return (
    problems[0] ??
    `${subject(certificate.subject)} is signed by ${subject(certificate.issuer)}, which is not in caBundle (it holds ${roots.length})`
  );
}

function isSignedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

function authorityProblem(authority: X509Certificate, now: number): string | undefined {
  const name = `the authority ${subject(authority.subject)}`;
  return authority.ca ? periodProblem(authority, name, now) : `${name} may not sign (it is no authority)`;
}

/** A distinguished name on one line. */
function subject(name: string | undefined): string {
  return JSON.stringify((name ?? '').replaceAll('\n', ', '));
}
