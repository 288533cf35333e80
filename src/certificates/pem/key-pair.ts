/** A certificate and its private key, both PEM; the key in PKCS #8. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}
