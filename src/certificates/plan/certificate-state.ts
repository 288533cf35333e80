import type { KeyPair } from '../pem/key-pair.ts';

/** An authority; without its key it can be trusted, and cannot sign. */
export interface Authority {
  readonly cert: string;
  readonly key: string | undefined;
}

/**
 * The state that all replicas share. It does not hold the authority before: caBundle itself keeps all its certificates
 * until the overlap is over (`ca-bundle.ts`).
 */
export interface CertificateState {
  /** The certificate that replicas serve. */
  readonly serving: KeyPair | undefined;
  /** The authority that signs. */
  readonly authority: Authority | undefined;
  /** The authority that will sign once caBundle has held it for the overlap. */
  readonly next: KeyPair | undefined;
}

export interface AuthoritySettings {
  /** The DNS names of the API server's calls. */
  readonly names: readonly string[];
  /** Milliseconds, as the two below. */
  readonly validity: number;
  readonly authorityValidity: number;
  /**
   * How long caBundle holds an authority before a certificate signed by it is served, and how long it keeps one that is
   * no longer needed. At least twice the time that any API server or replica may lag behind.
   */
  readonly overlap: number;
}

export function isEmpty({ serving, authority, next }: CertificateState): boolean {
  return serving === undefined && authority === undefined && next === undefined;
}

/** One sentence for each setting that cannot work. */
export function settingsProblems({ names, validity, authorityValidity, overlap }: AuthoritySettings): string[] {
  return [
    ...(names.length === 0 ? ['--certificates.names: the authority needs at least one name to issue for'] : []),
    ...(overlap <= 0 ? ['--certificates.overlap has to be longer than 0'] : []),
    ...(validity < 3_600_000 ? ['--certificates.validity has to be 1h or longer'] : []),
    ...(authorityValidity < validity
      ? ['--certificates.authority-validity is shorter than --certificates.validity']
      : []),
    ...(authorityValidity < 12 * overlap
      ? [
          '--certificates.authority-validity has to be twelve times --certificates.overlap at least: a rotation has to fit',
        ]
      : []),
  ];
}
