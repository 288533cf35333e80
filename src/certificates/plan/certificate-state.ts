import type { Pair } from '../issue/issue.ts';

/** An authority; without its key it can be trusted and can sign nothing. */
export interface Authority {
  readonly cert: string;
  readonly key: string | undefined;
}

/**
 * What all replicas share. Who was the authority before is not in it: caBundle itself keeps what it holds until the
 * overlap is over (`bundle.ts`), whoever put it there.
 */
export interface CertificateState {
  /** What is served. */
  readonly serving: Pair | undefined;
  /** What signs. */
  readonly authority: Authority | undefined;
  /** What will sign once caBundle has held it long enough. */
  readonly next: Pair | undefined;
}

export interface AuthoritySettings {
  /** DNS names that the API server calls by. */
  readonly names: readonly string[];
  /** Milliseconds, as the two below. */
  readonly validity: number;
  readonly authorityValidity: number;
  /**
   * How long caBundle has held an authority before something signed by it is served, and how long it keeps one that is
   * not needed any more. Twice what any API server or replica may lag behind, at least.
   */
  readonly overlap: number;
}

export function isEmpty({ serving, authority, next }: CertificateState): boolean {
  return serving === undefined && authority === undefined && next === undefined;
}

/** Sentences on settings that cannot work together. */
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
