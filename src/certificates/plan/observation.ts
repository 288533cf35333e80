import { fingerprint } from '../pem/pem.ts';
import { type Configuration, entriesOf, fingerprintsOf } from './ca-bundle.ts';
import type { CertificateState } from './certificate-state.ts';

/**
 * Since when the present state has lasted, as one replica saw it by its own clock: clocks of replicas may differ by
 * minutes, so no replica trusts a time that another one wrote. A replica that starts again waits again.
 */
export interface Observation {
  /** By fingerprint: since when every entry of every configuration has held the certificate. Milliseconds. */
  readonly held: ReadonlyMap<string, number>;
  /** Since when the Secret has named these authorities. */
  readonly authorities: { readonly key: string; readonly since: number } | undefined;
  /** The generation of each configuration. */
  readonly generations: ReadonlyMap<string, number>;
}

export const nothingObserved: Observation = { held: new Map(), authorities: undefined, generations: new Map() };

/** A key of the authorities that a state names; equal keys are equal authorities. */
export function authoritiesKey({ authority, next }: CertificateState): string {
  return `${fingerprint(authority?.cert ?? '')}|${fingerprint(next?.cert ?? '')}`;
}

/**
 * The observation after the present state. A skipped generation, while the API server was out of reach, may have lacked
 * a certificate, which then counts as held from now.
 *
 * @param state of the Secret; undefined where there is no Secret.
 */
export function observe(
  before: Observation,
  state: CertificateState | undefined,
  configurations: readonly Configuration[],
  now: number,
): Observation {
  const since = (earlier: number | undefined) => Math.min(earlier ?? now, now);
  const generations = new Map(configurations.map(({ kind, generation }) => [kind as string, generation]));
  const isSkipped = [...generations].some(([kind, one]) => {
    const last = before.generations.get(kind);
    return last !== undefined && Math.abs(one - last) > 1;
  });
  const held = isSkipped ? new Map<string, number>() : before.held;
  const key = state === undefined ? undefined : authoritiesKey(state);
  return {
    held: new Map(heldEverywhere(configurations).map((one) => [one, since(held.get(one))])),
    authorities:
      key === undefined
        ? undefined
        : { key, since: since(key === before.authorities?.key ? before.authorities.since : undefined) },
    generations,
  };
}

function heldEverywhere(configurations: readonly Configuration[]): readonly string[] {
  const [first, ...rest] = entriesOf(configurations).map(({ bundle }) => fingerprintsOf(bundle));
  return first === undefined ? [] : [...first].filter((one) => rest.every((other) => other.has(one)));
}
