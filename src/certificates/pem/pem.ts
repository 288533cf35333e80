import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates of a PEM text, in order; blocks that hold none are left out. */
export function readCertificates(pem: string): readonly X509Certificate[] {
  return [...pem.matchAll(block)].flatMap(([text]) => {
    const certificate = readCertificate(text);
    return certificate === undefined ? [] : [certificate];
  });
}

/** The first certificate of a text or file; undefined where it holds none. */
export function readCertificate(data: string | Buffer): X509Certificate | undefined {
  return attempt(() => new X509Certificate(data));
}

/** The private key of a PEM text; undefined where it holds none, or one with a passphrase. */
export function readKey(pem: string | Buffer): KeyObject | undefined {
  return attempt(() => createPrivateKey(pem));
}

/** The SHA-256 fingerprint of the first certificate; an empty text if the PEM text holds no certificate. */
export function fingerprint(pem: string): string {
  return readCertificates(pem)[0]?.fingerprint256 ?? '';
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
