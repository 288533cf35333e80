import { createPrivateKey, webcrypto } from 'node:crypto';
import { issueAuthority } from '../../src/certificates/issue/issue.ts';
import { x509 } from '../../src/certificates/issue/x509.ts';
import type { KeyPair } from '../../src/certificates/pem/key-pair.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const hour = 3_600_000;

export interface ClientOrder {
  readonly commonNames?: readonly string[];
  /** Hours from now. */
  readonly from?: number;
  readonly until?: number;
  readonly usage?: 'clientAuth' | 'serverAuth' | 'none';
  readonly isAuthority?: boolean;
}

/** An authority of client certificates. */
export function clientAuthority(name = 'clients', days = 10): Promise<KeyPair> {
  return issueAuthority(name, { from: new Date(), days });
}

/** A certificate that an API server might present, or another that it should not. */
export async function clientPair(authority: KeyPair, order: ClientOrder = {}): Promise<KeyPair> {
  const { commonNames = ['kube-apiserver'], from = -1, until = 24, usage = 'clientAuth', isAuthority = false } = order;
  const issuer = new x509.X509Certificate(authority.cert);
  const pkcs8 = createPrivateKey(authority.key).export({ type: 'pkcs8', format: 'der' });
  const signingKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: webcrypto.getRandomValues(Buffer.alloc(8)).toString('hex'),
    subject: commonNames.map((name) => ({ CN: [name] })),
    issuer: issuer.subjectName.toJSON(),
    notBefore: new Date(Date.now() + from * hour),
    notAfter: new Date(Date.now() + until * hour),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(isAuthority, undefined, true),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...(usage === 'none' ? [] : [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[usage]])]),
    ],
  });
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY'),
  };
}
