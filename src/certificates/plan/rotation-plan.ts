import { fingerprint, readCertificates } from '../pem/pem.ts';
import { bundlesProblem, type Configuration, entriesOf, fingerprintsOf, nextBundle } from './ca-bundle.ts';
import { type AuthoritySettings, type CertificateState, isEmpty } from './certificate-state.ts';
import { authoritiesKey, type Observation } from './observation.ts';
import { dueAt, isCurrent, servingDueAt, servingProblem } from './renewal-times.ts';

export interface View {
  /** Undefined where the Secret does not exist. */
  readonly secret: { readonly state: CertificateState; readonly rotate: boolean } | undefined;
  /** The last state that this replica saw whole; it is restored where somebody deletes or empties the Secret. */
  readonly remembered: CertificateState | undefined;
  /** The configurations that exist. */
  readonly configurations: readonly Configuration[];
  readonly observed: Observation;
  readonly settings: AuthoritySettings;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A change of the state in the Secret; `change-state.ts` carries it out. */
export type SecretChange =
  /** A new authority with a serving certificate, where no certificate in use could be hurt. */
  | { readonly what: 'new-authority'; readonly why: string }
  /**
   * The remembered state with a next authority: deleting the Secret asks for new keys, and must not cause an outage.
   */
  | { readonly what: 'restore'; readonly why: string }
  /** A next authority, which caBundle will hold before it signs. */
  | { readonly what: 'next-authority'; readonly why: string }
  /** The next authority signs from now on. */
  | { readonly what: 'switch'; readonly why: string }
  /** A new serving certificate of the same authority. */
  | { readonly what: 'new-serving'; readonly why: string; readonly names: readonly string[] };

export interface BundleWrite {
  readonly configuration: Configuration;
  /** PEM by entry, in the order of the configuration; undefined where an entry needs no write. */
  readonly bundles: readonly (string | undefined)[];
}

export type Step =
  /** No step before `until` (milliseconds since the epoch), or before something changes. */
  | { readonly step: 'wait'; readonly until: number | undefined }
  | { readonly step: 'create-secret' }
  | { readonly step: 'write-secret'; readonly change: SecretChange }
  | { readonly step: 'write-bundles'; readonly writes: readonly BundleWrite[] };

/**
 * The next step towards one authority that every caBundle holds and that signed the serving certificate. Pure: every
 * replica calls it with its own view, the first one does the step, and the others see the result.
 *
 * No API server loses a certificate that it still needs: a new authority is in caBundle for `overlap` before the Secret
 * holds a certificate signed by it, and caBundle keeps its old authorities until the Secret has named the same
 * authorities for `overlap` and every caBundle has held the signing one for as long.
 */
export function nextStep(view: View): Step {
  const { secret, configurations } = view;
  if (secret === undefined) return configurations.length > 0 ? { step: 'create-secret' } : wait([], view.now);
  const change = neededChange(view, secret.state, secret.rotate);
  if (change !== undefined) return { step: 'write-secret', change };
  const writes = bundleWrites(view, secret.state);
  if (writes.length > 0) return { step: 'write-bundles', writes };
  const switchAt = publishedAt(view, secret.state.next?.cert);
  if (switchAt !== undefined && switchAt <= view.now) {
    return { step: 'write-secret', change: { what: 'switch', why: 'every caBundle has held the next authority' } };
  }
  return wait(dueTimes(view, secret.state, switchAt), view.now);
}

function neededChange(view: View, state: CertificateState, rotate: boolean): SecretChange | undefined {
  const { authority, serving, next } = state;
  const { settings, now } = view;
  if (!canSign(state, now)) return changeWithoutAuthority(view, state, rotate);
  const ca = authority!.cert;
  const problem = serving === undefined ? 'there is none' : servingProblem(serving, ca, settings.names, now);
  if (problem !== undefined) return { what: 'new-serving', why: problem, names: namesFor(view, state) };
  const due = servingDueAt(serving!, ca, settings);
  if (due !== undefined && due <= now) {
    return { what: 'new-serving', why: 'a third of its validity is left', names: settings.names };
  }
  if (rotate) return { what: 'next-authority', why: 'asked for by the annotation' };
  if (next !== undefined && !isCurrent(next.cert, now)) return { what: 'next-authority', why: 'the next one expired' };
  if (next === undefined && dueAt(ca) <= now) {
    return { what: 'next-authority', why: 'a third of the validity of the authority is left' };
  }
  return undefined;
}

/** The change where no authority can sign: the Secret is new, emptied or damaged, or no replica ran to renew it. */
function changeWithoutAuthority(view: View, state: CertificateState, rotate: boolean): SecretChange | undefined {
  const { remembered, configurations, now } = view;
  if (isEmpty(state) && remembered !== undefined && canSign(remembered, now) && remembered.serving !== undefined) {
    return { what: 'restore', why: 'the Secret was deleted or emptied' };
  }
  const next = state.next !== undefined && isCurrent(state.next.cert, now) ? state.next : undefined;
  const why = isEmpty(state) ? 'the Secret is empty' : 'the authority in the Secret cannot sign';
  const servingWorks =
    state.serving !== undefined && bundlesProblem(configurations, state.serving.cert, now) === undefined;
  if (servingWorks) return next === undefined || rotate ? { what: 'next-authority', why } : undefined;
  return { what: next === undefined || rotate ? 'new-authority' : 'switch', why };
}

function canSign({ authority }: CertificateState, now: number): boolean {
  return authority?.key !== undefined && isCurrent(authority.cert, now);
}

/**
 * During a rollout replicas may want different names: each keeps those of the others, so that they do not write the
 * Secret in turns. The next renewal drops the names that no replica wants.
 */
function namesFor({ settings, now }: View, { authority, serving }: CertificateState): readonly string[] {
  if (serving === undefined || servingProblem(serving, authority!.cert, [], now) !== undefined) return settings.names;
  const present = readCertificates(serving.cert)[0]?.subjectAltName ?? '';
  return [...new Set([...settings.names, ...[...present.matchAll(/DNS:([^,]+)/g)].map(([, name]) => name!)])];
}

function bundleWrites(view: View, state: CertificateState): readonly BundleWrite[] {
  const wanted = [state.authority, state.next].flatMap((one) => one?.cert ?? []);
  const keepOthers = view.now < (removalAt(view, state) ?? Number.POSITIVE_INFINITY);
  return view.configurations.flatMap((configuration) => {
    const bundles = configuration.entries.map(({ bundle }) => nextBundle(bundle, wanted, keepOthers, view.now));
    return bundles.every((one) => one === undefined) ? [] : [{ configuration, bundles }];
  });
}

/** When a certificate has been in every caBundle for the overlap; undefined where one lacks it. */
function publishedAt({ configurations, observed, settings }: View, pem: string | undefined): number | undefined {
  const wanted = fingerprint(pem ?? '');
  const since = observed.held.get(wanted);
  if (since === undefined || entriesOf(configurations).some(({ bundle }) => !fingerprintsOf(bundle).has(wanted)))
    return undefined;
  return since + settings.overlap;
}

/** When a caBundle may lose its authorities that are not in the Secret; undefined where that is not known yet. */
function removalAt(view: View, state: CertificateState): number | undefined {
  const { observed, settings, now } = view;
  if (!canSign(state, now) || observed.authorities?.key !== authoritiesKey(state)) return undefined;
  const published = publishedAt(view, state.authority!.cert);
  return published === undefined ? undefined : Math.max(published, observed.authorities.since + settings.overlap);
}

/** The moments at which a step becomes due without a change. */
function dueTimes(view: View, state: CertificateState, switchAt: number | undefined): readonly (number | undefined)[] {
  const { authority, serving, next } = state;
  const wanted = [authority, next].filter((one) => one !== undefined).length;
  const others = entriesOf(view.configurations).some(({ bundle }) => fingerprintsOf(bundle).size > wanted);
  return [
    switchAt,
    others ? removalAt(view, state) : undefined,
    serving === undefined || authority === undefined ? undefined : servingDueAt(serving, authority.cert, view.settings),
    authority === undefined || next !== undefined ? undefined : dueAt(authority.cert),
  ];
}

function wait(times: readonly (number | undefined)[], now: number): Step {
  // A moment in the past is a step that is not possible: a serving certificate is due while no authority can sign.
  const future = times.filter((one) => one !== undefined).filter((one) => one > now);
  return { step: 'wait', until: future.length === 0 ? undefined : Math.min(...future) };
}
