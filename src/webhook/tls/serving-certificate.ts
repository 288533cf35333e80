import type { KeyObject, X509Certificate } from 'node:crypto';
import { readCertificate, readKey } from '../../certificates/pem/pem.ts';
import { periodOf } from '../../certificates/pem/period.ts';
import type { WebhookSettings } from '../../contract/webhook.ts';
import type { FilesRead } from '../../files/watch-file.ts';
import type { Loaded, Source } from '../reload/reload-on-change.ts';

/** A certificate chain with its key, checked, and the facts that the landing page and the metrics show. */
export interface ServingCertificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Milliseconds since the epoch. */
  readonly expires: number;
  readonly subjectAltName: string;
  /** Reasons for which an API server may refuse it; sentences. */
  readonly remarks: readonly string[];
}

/** The files of the serving certificate, checked against the time at which they are read. */
export function certificateFiles(
  { tlsCertFile, tlsKeyFile }: Pick<WebhookSettings, 'tlsCertFile' | 'tlsKeyFile'>,
  now: () => number,
): Source<ServingCertificate> {
  const files = [tlsCertFile, tlsKeyFile] as const;
  return { what: 'certificate', files, load: (read) => readServingCertificate(files, read, now()) };
}

/**
 * Checks a certificate chain and its key (PEM) before any connection depends on them: both can be read, they belong
 * together, and the certificate is not expired.
 *
 * @param files their paths, for the problem; `read` holds their contents in the same order.
 * @param now milliseconds since the epoch.
 */
export function readServingCertificate(
  files: readonly [cert: string, key: string],
  read: FilesRead,
  now: number,
): Loaded<ServingCertificate> {
  if (!read.ok) return refuse(read.problem);
  const [cert, key] = read.value as [Buffer, Buffer];
  const certificate = readCertificate(cert);
  if (certificate === undefined) return refuse(`${files[0]}: holds no certificate (PEM)`);
  const secret = readKey(key);
  if (secret === undefined) return refuse(`${files[1]}: holds no private key (PEM, without a passphrase)`);
  if (!certificate.checkPrivateKey(secret)) {
    return refuse(`${files[1]} is not the key of the certificate in ${files[0]}`);
  }
  const expires = periodOf(certificate).ends;
  if (expires <= now) return refuse(`${files[0]}: the certificate expired on ${new Date(expires).toISOString()}`);
  const subjectAltName = certificate.subjectAltName ?? '';
  return {
    ok: true,
    value: { cert, key, expires, subjectAltName, remarks: remarksOn(certificate, secret, now) },
  };
}

/**
 * The API server is written in Go, which compares names with the subject alternative names alone; some API servers
 * refuse Ed25519.
 */
function remarksOn(certificate: X509Certificate, key: KeyObject, now: number): string[] {
  const remarks: string[] = [];
  if (certificate.subjectAltName === undefined) {
    remarks.push('the certificate has no subject alternative name: the API server will refuse it');
  }
  if (key.asymmetricKeyType === 'ed25519' || key.asymmetricKeyType === 'ed448') {
    remarks.push(`the key is ${key.asymmetricKeyType}: some API servers refuse it; ECDSA P-256 works everywhere`);
  }
  const { begins } = periodOf(certificate);
  if (begins > now) remarks.push(`the certificate is not valid before ${new Date(begins).toISOString()}`);
  return remarks;
}

function refuse(problem: string): Loaded<never> {
  return { ok: false, problems: [problem] };
}
