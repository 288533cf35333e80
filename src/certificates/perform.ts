import type { KubeObject, KubeResult } from '../kube/kube.ts';
import type { Logger } from '../runtime/logger.ts';
import { changeState } from './change-state.ts';
import { expiresAt } from './plan/renewal-times.ts';
import { nextStep, type SecretChange, type Step, type View } from './plan/rotation-plan.ts';
import { type RetryPolicy, stepKey } from './retry-policy.ts';
import { readSecretObject, type Store } from './store/authority-store.ts';

/** A replica issued an authority that signs from now on, or a serving certificate. */
export type Rotation = 'authority' | 'certificate';

export interface PerformContext {
  readonly store: Store;
  readonly retries: RetryPolicy;
  /** The state as the watches have it. */
  readonly view: () => View;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Logger;
  readonly issued: (what: Rotation) => void;
}

/**
 * Does a step, unless it is too early for it; returns when to look again at the latest (milliseconds since the epoch).
 *
 * The watches may lag behind, so the step is planned again from fresh answers of the API server, the configurations
 * first and then the Secret. Each is written only if it has not changed since its answer: a late decision changes
 * nothing.
 */
export async function performStep(step: Step, context: PerformContext): Promise<number> {
  const { store, retries, view, now } = context;
  const at = retries.allowedAt(step, view());
  if (at > now()) return at;
  const configurations = await store.readConfigurations();
  if (!configurations.ok) return retries.failed('reading the webhook configurations', configurations.problem);
  const object = await store.readSecret();
  if (!object.ok) return retries.failed('reading the Secret', object.problem);
  const secret = object.value === undefined ? undefined : readSecretObject(object.value);
  const fresh = { ...view(), configurations: configurations.value, secret };
  const freshStep = nextStep(fresh);
  if (stepKey(freshStep) !== stepKey(step)) return retries.stale();
  const results = await write(freshStep, fresh, object.value, context);
  for (const result of results) if (!result.ok) return retries.failed(doing[freshStep.step], result.problem);
  return retries.done(freshStep, fresh);
}

const doing: Readonly<Record<Step['step'], string>> = {
  wait: 'waiting',
  'create-secret': 'creating the Secret',
  'write-secret': 'writing the Secret',
  'write-bundles': 'writing caBundle',
};

async function write(
  step: Step,
  fresh: View,
  object: KubeObject | undefined,
  context: PerformContext,
): Promise<readonly KubeResult<unknown>[]> {
  const { store, log } = context;
  switch (step.step) {
    case 'wait':
      return [];
    case 'create-secret': {
      const result = await store.createSecret(fresh.configurations[0]?.release);
      if (result.ok) log.info('created the Secret');
      return [result];
    }
    case 'write-secret':
      return [await writeSecret(step.change, fresh, object!, context)];
    case 'write-bundles':
      return Promise.all(
        step.writes.map(async (one) => {
          const result = await store.writeBundles(one);
          const { kind, name } = one.configuration;
          if (result.ok) log.info('wrote caBundle', { configuration: `${kind}/${name}` });
          return result;
        }),
      );
  }
}

async function writeSecret(
  change: SecretChange,
  { remembered, secret, settings }: View,
  object: KubeObject,
  { store, now, log, issued }: PerformContext,
): Promise<KubeResult<unknown>> {
  const before = secret!.state;
  const state = await changeState(before, change, { remembered, settings, now: now() });
  const rotate = secret!.rotate && (change.what === 'new-serving' || change.what === 'switch');
  const result = await store.writeSecret(object, state, rotate);
  if (!result.ok) return result;
  const expires = state.serving === undefined ? undefined : new Date(expiresAt(state.serving.cert)).toISOString();
  log.info(changeText[change.what], { why: change.why, expires });
  if (change.what === 'new-authority' || change.what === 'switch') issued('authority');
  if (change.what !== 'restore' && state.serving?.cert !== before.serving?.cert) issued('certificate');
  return result;
}

const changeText: Readonly<Record<SecretChange['what'], string>> = {
  'new-authority': 'issued an authority and a serving certificate',
  restore: 'restored the Secret, with a next authority',
  'next-authority': 'issued the next authority',
  switch: 'the next authority signs from now on; issued a serving certificate',
  'new-serving': 'issued a serving certificate',
};
