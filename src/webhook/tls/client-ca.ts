import type { X509Certificate } from 'node:crypto';
import { readCertificates } from '../../certificates/pem/pem.ts';
import { periodOf } from '../../certificates/pem/period.ts';
import type { WebhookSettings } from '../../contract/webhook.ts';
import type { Loaded, Source } from '../reload/reload-on-change.ts';

/** The authorities that sign the client certificates of allowed callers. */
export interface ClientCa {
  /** PEM. */
  readonly pem: Buffer;
  readonly count: number;
  /** Milliseconds since the epoch: when the last of them expires. */
  readonly expires: number;
}

/** Room for some thousand authorities; each handshake offers the names of all of them. */
const mostBytes = 1024 * 1024;

/** The authorities of `--client-ca-file`; without the flag no file is read, and every caller is answered. */
export function clientCaSource(
  { clientCaFile: file }: Pick<WebhookSettings, 'clientCaFile'>,
  now: () => number,
): Source<ClientCa | undefined> {
  if (file === undefined) return { what: 'client_ca', files: [], load: () => ({ ok: true, value: undefined }) };
  return {
    what: 'client_ca',
    files: [file],
    load: (read) => (read.ok ? readClientCa(file, read.value[0]!, now()) : refuse(read.problem)),
  };
}

function readClientCa(file: string, pem: Buffer, now: number): Loaded<ClientCa> {
  if (pem.length > mostBytes)
    return refuse(`${file}: is larger than 1 MiB, which is more than any list of authorities`);
  const text = pem.toString('latin1');
  const certificates = readCertificates(text);
  if (certificates.length === 0) return refuse(`${file}: holds no certificate (PEM)`);
  const blocks = text.split('-----BEGIN CERTIFICATE-----').length - 1;
  if (blocks !== certificates.length) {
    return refuse(`${file}: only ${certificates.length} of its ${blocks} certificates can be read (PEM)`);
  }
  const roots = certificates.filter(isRoot);
  if (roots.length === 0) {
    const intermediate = 'holds no root (a certificate that signed itself), so nothing can be verified by it';
    return refuse(`${file}: ${intermediate}: add the authority that signed what is there`);
  }
  const expires = Math.max(...roots.map((root) => periodOf(root).ends));
  if (expires <= now) return refuse(`${file}: the last root in it expired on ${new Date(expires).toISOString()}`);
  return { ok: true, value: { pem, count: certificates.length, expires } };
}

function isRoot(certificate: X509Certificate): boolean {
  return certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);
}

function refuse(problem: string): Loaded<never> {
  return { ok: false, problems: [problem] };
}
