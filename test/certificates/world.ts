import { createHash } from 'node:crypto';
import { changeState } from '../../src/certificates/change-state.ts';
import { chainProblem } from '../../src/certificates/pem/verify.ts';
import { type Configuration, configurationKinds, entriesOf } from '../../src/certificates/plan/ca-bundle.ts';
import type { AuthoritySettings, CertificateState } from '../../src/certificates/plan/certificate-state.ts';
import { nextStep, type Step, type View } from '../../src/certificates/plan/rotation-plan.ts';
import { newReplica, nextReplica, type Replica } from '../../src/certificates/replica.ts';
import { readState, type SecretData, writeState } from '../../src/certificates/store/secret-state.ts';

export const host = 'metrics-sidecar.test.svc';
export const minute = 60_000;
export const day = 24 * 60 * minute;
export const settings: AuthoritySettings = {
  names: [host],
  validity: 90 * day,
  authorityValidity: 360 * day,
  overlap: 5 * minute,
};
/** No replica and no API server lags behind by more: less than half the overlap. */
export const lagLimit = 2 * minute;

interface Secret {
  readonly version: number;
  readonly data: SecretData;
  readonly rotate: boolean;
}

/** A value with its past: who lags sees what was. */
class History<T> {
  readonly #past: { readonly at: number; readonly value: T }[];

  constructor(at: number, value: T) {
    this.#past = [{ at, value }];
  }

  get last(): T {
    return this.#past.at(-1)!.value;
  }

  set(at: number, value: T): void {
    this.#past.push({ at, value });
  }

  seenAt(at: number): T {
    return (this.#past.findLast((one) => one.at <= at) ?? this.#past[0]!).value;
  }

  /** What was `age` changes ago. */
  before(age: number): T {
    return (this.#past.at(-1 - age) ?? this.#past[0]!).value;
  }

  /** All that somebody who lags by `lag` at most may see. */
  seenSince(at: number, lag: number): readonly T[] {
    const first = this.#past.findLastIndex((one) => one.at <= at - lag);
    return this.#past.slice(Math.max(first, 0)).map(({ value }) => value);
  }
}

/** A write that was decided and has not reached the API server yet. */
type Write = () => void;

interface Process extends Replica {
  readonly clock: number;
  readonly names: readonly string[];
  lag: number;
  seen: number;
  /** Whether what it serves was verified by every caBundle that anybody may see. */
  settled: boolean;
  pending: Write | undefined;
}

/**
 * An API server, replicas with clocks of their own, and time; what they do is the real thing, only the network is not.
 */
export class World {
  now = Date.UTC(2026, 0, 1);
  readonly secret: History<Secret | undefined>;
  readonly configurations: History<readonly Configuration[]>;
  readonly replicas: Process[] = [];
  /** What was written, and who served what nobody verifies. */
  readonly writes: string[] = [];
  readonly violations: string[] = [];

  constructor(bundle = '') {
    this.secret = new History<Secret | undefined>(this.now, { version: 0, data: {}, rotate: false });
    const configurations = configurationKinds.map((kind, index) => ({
      kind,
      name: 'test',
      resourceVersion: '0',
      generation: 1,
      writers: [],
      entries: ['a', 'b'].slice(index).map((name) => ({ name, host, bundle })),
    }));
    this.configurations = new History<readonly Configuration[]>(this.now, configurations);
  }

  start(clock: number, names: readonly string[] = settings.names): number {
    const fresh = { ...newReplica, lag: 0, seen: this.now, settled: false, pending: undefined };
    return this.replicas.push({ clock, names, ...fresh }) - 1;
  }

  /** The process ends and starts again; a write that is on its way may still arrive. */
  restart(index: number): void {
    const { clock, names, pending } = this.replicas[index]!;
    this.start(clock, names);
    this.replicas[index] = { ...this.replicas.pop()!, pending };
  }

  pass(milliseconds: number): void {
    // Every lag has an end: what was written is seen at the latest when its limit is over.
    const end = this.now + milliseconds;
    const calm = this.now + 3 * settings.overlap;
    while (this.now < end) {
      this.now = this.now >= calm ? end : Math.min(end, this.now + lagLimit / 2);
      for (const replica of this.replicas) this.#look(replica);
      this.#check();
    }
  }

  /** One replica looks and does the next step; `delayed`, its write waits for `land`. */
  async turn(index: number, delayed = false): Promise<Step> {
    const replica = this.replicas[index]!;
    this.#look(replica);
    if (replica.pending !== undefined) return { step: 'wait', until: undefined };
    const step = nextStep(this.#view(replica, false));
    const past = step.step === 'wait' && step.until !== undefined && step.until <= this.now + replica.clock;
    if (past) this.violations.push('waits for what has passed');
    // What is done is decided upon what the API server says now, as in the program.
    const fresh = step.step === 'wait' ? step : nextStep(this.#view(replica, true));
    const write = await this.#write(replica, fresh);
    if (delayed && write !== undefined) replica.pending = write;
    else write?.();
    this.#look(replica);
    this.#check();
    return fresh;
  }

  lag(index: number, milliseconds: number): void {
    this.replicas[index]!.lag = milliseconds;
  }

  land(index: number): void {
    const replica = this.replicas[index]!;
    replica.pending?.();
    replica.pending = undefined;
    this.#check();
  }

  change(data: (data: SecretData) => SecretData | undefined, rotate = false): void {
    const { version, data: old } = this.secret.last ?? { version: 0, data: {} };
    const next = data(old);
    this.secret.set(this.now, next === undefined ? undefined : { version: version + 1, data: next, rotate });
    this.#check();
  }

  state(): CertificateState {
    return stateOf(this.secret.last?.data ?? {});
  }

  bundles(): readonly string[] {
    return entriesOf(this.configurations.last).map(({ bundle }) => bundle);
  }

  #look(replica: Process): void {
    replica.seen = Math.max(replica.seen, this.now - replica.lag);
    const { secret, configurations, now } = this.#view(replica, false);
    const seen = { state: secret?.state, configurations, overlap: settings.overlap, now };
    Object.assign(replica, nextReplica(replica, seen));
  }

  #view(replica: Process, fresh: boolean): View {
    const at = fresh ? this.now : replica.seen;
    const stored = this.secret.seenAt(at);
    return {
      secret: stored === undefined ? undefined : { state: stateOf(stored.data), rotate: stored.rotate },
      remembered: replica.remembered,
      configurations: this.configurations.seenAt(at),
      observed: replica.observed,
      settings: { ...settings, names: replica.names },
      now: this.now + replica.clock,
    };
  }

  async #write(replica: Process, step: Step): Promise<Write | undefined> {
    const { remembered } = replica;
    const now = this.now + replica.clock;
    if (step.step === 'create-secret') {
      return () => {
        if (this.secret.last !== undefined) return;
        this.writes.push('create-secret');
        this.secret.set(this.now, { version: 0, data: {}, rotate: false });
      };
    }
    if (step.step === 'write-secret') {
      const { version, data, rotate } = this.secret.last!;
      const context = { remembered, settings: { ...settings, names: replica.names }, now };
      const state = await changeState(stateOf(data), step.change, context);
      const next = { version: version + 1, data: writeState(state, data), rotate: rotate && keepsRotate(step) };
      return () => {
        if (this.secret.last?.version !== version || this.secret.last.data !== data) return;
        this.writes.push(step.change.what);
        this.secret.set(this.now, next);
      };
    }
    if (step.step === 'write-bundles') return () => this.#writeBundles(step);
    return undefined;
  }

  #writeBundles(step: Step & { step: 'write-bundles' }): void {
    for (const { configuration, bundles } of step.writes) {
      const live = this.configurations.last.find(({ kind }) => kind === configuration.kind);
      if (live?.resourceVersion !== configuration.resourceVersion) continue;
      this.writes.push('write-bundles');
      const entries = live.entries.map((entry, at) => ({ ...entry, bundle: bundles[at] ?? entry.bundle }));
      const generation = live.generation + 1;
      const written = { ...live, entries, generation, resourceVersion: String(generation) };
      const next = this.configurations.last.map((one) => (one === live ? written : one));
      this.configurations.set(this.now, next);
    }
  }

  /** The promise: whatever caBundle an API server may know of, a replica that was verified once stays so. */
  #check(): void {
    const known = this.configurations.seenSince(this.now, lagLimit).flatMap((one) => entriesOf(one));
    for (const [index, replica] of this.replicas.entries()) {
      const { current } = replica;
      if (current === undefined) continue;
      const problem = known
        .map(({ bundle }) => problemOf(current.cert, bundle, this.now))
        .find((one) => one !== undefined);
      if (problem === undefined) replica.settled = true;
      else if (replica.settled) this.violations.push(`replica ${index}: ${problem}`);
    }
  }
}

export function keepsRotate(step: Step): boolean {
  return step.step === 'write-secret' && ['switch', 'new-serving'].includes(step.change.what);
}

/** Read once, as a watch does. */
const states = new WeakMap<SecretData, CertificateState>();

function stateOf(data: SecretData): CertificateState {
  const state = states.get(data) ?? readState(data).state;
  states.set(data, state);
  return state;
}

/** Verifying is most of the time of a run; the hour is exact enough. */
const known = new Map<string, string | undefined>();

function problemOf(chain: string, bundle: string, now: number): string | undefined {
  const key = createHash('sha1')
    .update(`${chain}|${bundle}|${Math.floor(now / (60 * minute))}`)
    .digest('hex');
  if (!known.has(key)) known.set(key, chainProblem(chain, bundle, [host], now));
  return known.get(key);
}
