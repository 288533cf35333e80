import { issueAuthority, issueServing } from './issue/issue.ts';
import type { KeyPair } from './pem/key-pair.ts';
import type { AuthoritySettings, CertificateState } from './plan/certificate-state.ts';
import { servingEnds } from './plan/renewal-times.ts';
import type { SecretChange } from './plan/rotation-plan.ts';

const dayMs = 24 * 3_600_000;

/** The facts that a change needs. */
export interface ChangeContext {
  readonly remembered: CertificateState | undefined;
  readonly settings: AuthoritySettings;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The state after `change`. Issues certificates, which loads the library for it. */
export async function changeState(
  state: CertificateState,
  change: SecretChange,
  { remembered, settings, now }: ChangeContext,
): Promise<CertificateState> {
  switch (change.what) {
    case 'new-authority':
      return startWith(await newAuthority(settings, now), settings, now);
    case 'restore':
      return { ...remembered!, next: await newAuthority(settings, now) };
    case 'next-authority':
      return { ...state, next: await newAuthority(settings, now) };
    case 'switch':
      return startWith(state.next!, settings, now);
    case 'new-serving': {
      const { cert, key } = state.authority!;
      return { ...state, serving: await newServing({ cert, key: key! }, change.names, settings, now) };
    }
  }
}

async function startWith(authority: KeyPair, settings: AuthoritySettings, now: number): Promise<CertificateState> {
  return { authority, serving: await newServing(authority, settings.names, settings, now), next: undefined };
}

/** The name holds the time, so that people can tell two authorities apart. */
function newAuthority({ authorityValidity }: AuthoritySettings, now: number): Promise<KeyPair> {
  const from = new Date(now);
  return issueAuthority(`metrics-sidecar authority ${from.toISOString().slice(0, 19)}Z`, {
    from,
    days: authorityValidity / dayMs,
  });
}

function newServing(
  authority: KeyPair,
  names: readonly string[],
  settings: AuthoritySettings,
  now: number,
): Promise<KeyPair> {
  const days = (servingEnds(authority.cert, settings, now) - now) / dayMs;
  return issueServing(authority, names, { from: new Date(now), days });
}
