import { fingerprint } from '../pem/pem.ts';
import { type Configuration, entriesOf, holds } from './ca-bundle.ts';
import type { CertificateState } from './certificate-state.ts';

/**
 * For how long things have been as they are, as one replica saw it by its own clock: clocks of replicas may differ by
 * minutes, so none believes a time that another wrote down. Who starts again waits again.
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

/** Which authorities a state names, to be compared. */
export function authoritiesKey({ authority, next }: CertificateState): string {
  return `${fingerprint(authority?.cert ?? '')}|${fingerprint(next?.cert ?? '')}`;
}

/**
 * Takes in what is seen now. A generation that was skipped, while the API server was out of reach, may have been without
 * the certificate: then it counts as held from now.
 *
 * @param state of the Secret; undefined where there is none.
 */
export function observe(
  before: Observation,
  state: CertificateState | undefined,
  configurations: readonly Configuration[],
  now: number,
): Observation {
  const since = (earlier: number | undefined) => Math.min(earlier ?? now, now);
  const generations = new Map(configurations.map(({ kind, generation }) => [kind as string, generation]));
  const skipped = [...generations].some(([kind, one]) => {
    const known = before.generations.get(kind);
    return known !== undefined && Math.abs(one - known) > 1;
  });
  const held = skipped ? new Map<string, number>() : before.held;
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
  const [first, ...rest] = entriesOf(configurations).map(({ bundle }) => holds(bundle));
  return first === undefined ? [] : [...first].filter((one) => rest.every((other) => other.has(one)));
}
