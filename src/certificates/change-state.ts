import { issueAuthority, issueServing, type Pair } from './issue/issue.ts';
import type { AuthoritySettings, CertificateState } from './plan/certificate-state.ts';
import { servingEnds } from './plan/renewal-times.ts';
import type { SecretChange } from './plan/rotation-plan.ts';

const dayMilliseconds = 24 * 3_600_000;

/** What is needed to carry out a change. */
export interface ChangeContext {
  readonly remembered: CertificateState | undefined;
  readonly settings: AuthoritySettings;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The state after `change`. Issues what that needs, which loads the library that does. */
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

async function startWith(authority: Pair, settings: AuthoritySettings, now: number): Promise<CertificateState> {
  return { authority, serving: await newServing(authority, settings.names, settings, now), next: undefined };
}

/** The time in the name tells people one authority from the next. */
function newAuthority({ authorityValidity }: AuthoritySettings, now: number): Promise<Pair> {
  const from = new Date(now);
  return issueAuthority(`metrics-sidecar authority ${from.toISOString().slice(0, 19)}Z`, {
    from,
    days: authorityValidity / dayMilliseconds,
  });
}

function newServing(
  authority: Pair,
  names: readonly string[],
  settings: AuthoritySettings,
  now: number,
): Promise<Pair> {
  const days = (servingEnds(authority.cert, settings, now) - now) / dayMilliseconds;
  return issueServing(authority, names, { from: new Date(now), days });
}
