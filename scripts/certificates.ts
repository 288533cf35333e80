import { X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { issueAuthority, issueServing } from '../src/certificates/issue/issue.ts';
import type { KeyPair } from '../src/certificates/pem/key-pair.ts';
import { writeFileAtomically } from '../src/files/write-file.ts';

export interface CertificateOrder {
  readonly folder: string;
  /** DNS names and IP addresses under which the webhook is called. */
  readonly names: readonly string[];
  /** How long the serving certificate is valid. */
  readonly days?: number;
  readonly authorityDays?: number;
  /** Make a new authority although there is one. */
  readonly newAuthority?: boolean;
  readonly now?: Date;
}

/**
 * Issues an authority and a serving pair that it signed: `ca.crt ca.key tls.crt tls.key`. An authority that lies in the
 * folder already signs the new pair too, so that the `caBundle` of the webhook's registration stays as it is.
 * Returns lines that say what was done.
 */
export async function issueCertificates(order: CertificateOrder): Promise<string[]> {
  const { folder, names, days = 365, authorityDays = 3650, newAuthority = false, now = new Date() } = order;
  await mkdir(folder, { recursive: true });
  const known = newAuthority ? undefined : await readAuthority(folder, now);
  const authority =
    known ?? (await issueAuthority('metrics-sidecar webhook authority', { from: now, days: authorityDays }));
  const serving = await issueServing(authority, names, { from: now, days });
  if (known === undefined) await writePair(folder, 'ca', authority);
  await writePair(folder, 'tls', serving);
  return [
    `${join(folder, 'ca.crt')}: ${known === undefined ? 'new' : 'kept'}, until ${until(authority)}`,
    `${join(folder, 'tls.crt')}: ${names.join(', ')}, until ${until(serving)}`,
  ];
}

/** The authority of the folder, if it is whole and has not expired. */
async function readAuthority(folder: string, now: Date): Promise<KeyPair | undefined> {
  try {
    const [cert, key] = await Promise.all([
      readFile(join(folder, 'ca.crt'), 'utf8'),
      readFile(join(folder, 'ca.key'), 'utf8'),
    ]);
    return new X509Certificate(cert).validToDate > now ? { cert, key } : undefined;
  } catch {
    return undefined;
  }
}

/** The key first: a webhook that watches the folder waits with a pair that does not fit until it does. */
async function writePair(folder: string, name: string, { cert, key }: KeyPair): Promise<void> {
  await replace(join(folder, `${name}.key`), key, 0o600);
  await replace(join(folder, `${name}.crt`), cert, 0o644);
}

/** Writes beside the file and renames, so that no reader sees half of it. */
async function replace(file: string, content: string, mode: number): Promise<void> {
  const written = await writeFileAtomically(file, content, { mark: 'new', mode });
  if (!written.ok) throw new Error(`cannot write ${written.problem}`);
}

function until({ cert }: KeyPair): string {
  return new X509Certificate(cert).validToDate.toISOString().slice(0, 10);
}
