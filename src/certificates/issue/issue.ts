import { createPrivateKey, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import type * as Library from '@peculiar/x509';
import type { KeyPair } from '../pem/key-pair.ts';

export interface Validity {
  readonly from: Date;
  /** Whole or not. */
  readonly days: number;
}

/**
 * P-256 with SHA-256, which every API server accepts (some refuse Ed25519; an RSA handshake costs ten times as much).
 */
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Certificates are dated back by this, for machines whose clock is behind; by a tenth of the validity at most. */
const clockSkewMs = 3_600_000;
const dayMs = 24 * 3_600_000;

/** A certificate authority that may sign serving certificates and no further authority. */
export async function issueAuthority(commonName: string, validity: Validity): Promise<KeyPair> {
  const { x509 } = await import('./x509.ts');
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [commonName] }],
    ...dates(validity),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return pem(x509, certificate, keys.privateKey);
}

/**
 * A serving certificate for DNS names and IP addresses, signed by `authority`. The first name is the common name where
 * it fits (64 characters); clients look at the alternative names alone.
 */
export async function issueServing(authority: KeyPair, names: readonly string[], validity: Validity): Promise<KeyPair> {
  const { x509 } = await import('./x509.ts');
  const issuer = new x509.X509Certificate(authority.cert);
  const pkcs8 = createPrivateKey(authority.key).export({ type: 'pkcs8', format: 'der' });
  const signingKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
  const keys = await generateKeys();
  const alternatives = names.map(
    (value): Library.JsonGeneralName => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }),
  );
  const commonName = names.find((name) => name.length <= 64);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: commonName === undefined ? [] : [{ CN: [commonName] }],
    issuer: issuer.subjectName.toJSON(),
    ...dates(validity),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      // RFC 5280 §4.2.1.6: critical where the subject is empty.
      new x509.SubjectAlternativeNameExtension(alternatives, commonName === undefined),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return pem(x509, certificate, keys.privateKey);
}

function dates({ from, days }: Validity): { notBefore: Date; notAfter: Date } {
  const lasts = days * dayMs;
  return {
    notBefore: new Date(from.getTime() - Math.min(clockSkewMs, lasts / 10)),
    notAfter: new Date(from.getTime() + lasts),
  };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

/** RFC 5280 §4.1.2.2: positive, at most 20 bytes; random, so that it cannot be guessed. */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(Buffer.alloc(16));
  bytes[0]! = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString('hex');
}

async function pem(
  x509: typeof Library,
  certificate: Library.X509Certificate,
  key: webcrypto.CryptoKey,
): Promise<KeyPair> {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', key);
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: `${x509.PemConverter.encode(pkcs8, x509.PemConverter.PrivateKeyTag)}\n`,
  };
}
