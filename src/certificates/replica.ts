import type { KeyPair } from './pem/key-pair.ts';
import type { Configuration } from './plan/ca-bundle.ts';
import type { CertificateState } from './plan/certificate-state.ts';
import { chooseCertificate } from './plan/choose-certificate.ts';
import { nothingObserved, type Observation, observe } from './plan/observation.ts';

/** The memory of one replica, which is lost when it stops. */
export interface Replica {
  readonly observed: Observation;
  /** The last state that could sign and serve. */
  readonly remembered: CertificateState | undefined;
  /** The certificate that it serves. */
  readonly current: KeyPair | undefined;
}

export const newReplica: Replica = { observed: nothingObserved, remembered: undefined, current: undefined };

export interface ReplicaInputs {
  /** The state in the Secret; undefined where there is no Secret. */
  readonly state: CertificateState | undefined;
  readonly configurations: readonly Configuration[];
  /** Milliseconds. */
  readonly overlap: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The replica after a look at the Secret and the configurations. */
export function nextReplica(replica: Replica, { state, configurations, overlap, now }: ReplicaInputs): Replica {
  const observed = observe(replica.observed, state, configurations, now);
  const whole = state?.serving !== undefined && state.authority?.key !== undefined;
  const { current } = replica;
  return {
    observed,
    remembered: whole ? state : replica.remembered,
    current: chooseCertificate({ current, offered: state?.serving, configurations, observed, overlap, now }),
  };
}
