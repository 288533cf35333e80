import type { Pair } from './issue/issue.ts';
import type { Configuration } from './plan/ca-bundle.ts';
import type { CertificateState } from './plan/certificate-state.ts';
import { choosePair } from './plan/choose-certificate.ts';
import { nothingObserved, type Observation, observe } from './plan/observation.ts';

/** What one replica has in mind beside what it sees. Lost when it ends. */
export interface Replica {
  readonly observed: Observation;
  /** The last state that could sign and serve. */
  readonly remembered: CertificateState | undefined;
  /** What it serves. */
  readonly current: Pair | undefined;
}

export const newReplica: Replica = { observed: nothingObserved, remembered: undefined, current: undefined };

export interface Seen {
  /** Of the Secret; undefined where there is none. */
  readonly state: CertificateState | undefined;
  readonly configurations: readonly Configuration[];
  /** Milliseconds. */
  readonly overlap: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The replica after a look at the Secret and the configurations. */
export function look(replica: Replica, { state, configurations, overlap, now }: Seen): Replica {
  const observed = observe(replica.observed, state, configurations, now);
  const whole = state?.serving !== undefined && state.authority?.key !== undefined;
  const { current } = replica;
  return {
    observed,
    remembered: whole ? state : replica.remembered,
    current: choosePair({ current, offered: state?.serving, configurations, observed, overlap, now }),
  };
}
