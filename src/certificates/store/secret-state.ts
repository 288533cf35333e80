import type { KeyPair } from '../pem/key-pair.ts';
import { readCertificates, readKey } from '../pem/pem.ts';
import type { Authority, CertificateState } from '../plan/certificate-state.ts';

/** `data` of a Secret: base64 by key. */
export type SecretData = Readonly<Record<string, string>>;

export interface SecretContents {
  readonly state: CertificateState;
  /** Sentences on keys that are damaged or foreign; `state` does not hold them. */
  readonly damage: readonly string[];
}

/**
 * Reads `tls.crt tls.key` (served), `ca.crt ca.key` (signs), `next-ca.crt next-ca.key` (published, does not sign yet).
 * Ignores other keys. An authority whose key is lost is still trusted.
 */
export function readState(data: SecretData | undefined): SecretContents {
  const damage: string[] = [];
  const textOf = (name: string) => {
    const text = Buffer.from(data?.[name] ?? '', 'base64').toString('utf8');
    return text.trim() === '' ? undefined : text;
  };
  const pair = (name: string, isAuthority: boolean): Authority | undefined => {
    const [cert, key] = [textOf(`${name}.crt`), textOf(`${name}.key`)];
    if (cert === undefined && key === undefined) return undefined;
    const problem = certificateProblem(name, cert, isAuthority);
    if (problem !== undefined) damage.push(problem);
    if (cert === undefined || problem !== undefined) return undefined;
    const wrong = keyProblem(name, cert, key, isAuthority);
    if (wrong !== undefined) damage.push(wrong);
    return { cert, key: wrong === undefined ? key : undefined };
  };
  const serving = whole(pair('tls', false));
  const authority = pair('ca', true);
  const next = whole(pair('next-ca', true));
  return { state: { serving, authority, next }, damage };
}

function certificateProblem(name: string, cert: string | undefined, isAuthority: boolean): string | undefined {
  if (cert === undefined) return `${name}.crt is missing`;
  const [first] = readCertificates(cert);
  if (first === undefined) return `${name}.crt holds no certificate (PEM)`;
  if (isAuthority && !first.ca) return `${name}.crt is no authority`;
  return undefined;
}

function keyProblem(name: string, cert: string, key: string | undefined, signs: boolean): string | undefined {
  if (key === undefined) return `${name}.key is missing`;
  const secret = readKey(key);
  if (secret === undefined) return `${name}.key holds no private key (PEM, without a passphrase)`;
  if (signs && secret.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return `${name}.key is no ECDSA P-256 key`;
  return readCertificates(cert)[0]!.checkPrivateKey(secret) ? undefined : `${name}.key is not the key of ${name}.crt`;
}

function whole(pair: Authority | undefined): KeyPair | undefined {
  return pair?.key === undefined ? undefined : { cert: pair.cert, key: pair.key };
}

/** `data` with `state` in it; other keys stay unchanged. */
export function writeState(state: CertificateState, data: SecretData | undefined): SecretData {
  const texts: Record<string, string | undefined> = {
    'tls.crt': state.serving?.cert,
    'tls.key': state.serving?.key,
    'ca.crt': state.authority?.cert,
    'ca.key': state.authority?.key,
    'next-ca.crt': state.next?.cert,
    'next-ca.key': state.next?.key,
  };
  const written: Record<string, string> = {};
  for (const [key, value] of Object.entries(data ?? {})) if (!(key in texts)) written[key] = value;
  for (const [key, text] of Object.entries(texts)) {
    if (text !== undefined) written[key] = Buffer.from(text).toString('base64');
  }
  return written;
}
