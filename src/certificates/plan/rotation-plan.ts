import { fingerprint, readCertificates } from '../pem/pem.ts';
import { bundlesProblem, type Configuration, entriesOf, holds, nextBundle } from './ca-bundle.ts';
import { type AuthoritySettings, type CertificateState, isEmpty } from './certificate-state.ts';
import { authoritiesKey, type Observation } from './observation.ts';
import { dueAt, isCurrent, servingDueAt, servingProblem } from './renewal-times.ts';

export interface View {
  /** Undefined where the Secret does not exist. */
  readonly secret: { readonly state: CertificateState; readonly rotate: boolean } | undefined;
  /** The last state that this replica saw whole: what is restored where somebody deleted or emptied the Secret. */
  readonly remembered: CertificateState | undefined;
  /** Those of the two that exist. */
  readonly configurations: readonly Configuration[];
  readonly observed: Observation;
  readonly settings: AuthoritySettings;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What a write of the Secret does to the state in it; `change.ts` does it. */
export type SecretChange =
  /** An authority and what it signed, where nothing is there to be careful with. */
  | { readonly what: 'new-authority'; readonly why: string }
  /** What this replica remembers, with a next authority: to delete the Secret asks for new keys, not for an outage. */
  | { readonly what: 'restore'; readonly why: string }
  /** A next authority, to be published. */
  | { readonly what: 'next-authority'; readonly why: string }
  /** The next authority signs. */
  | { readonly what: 'switch'; readonly why: string }
  /** A new serving certificate of the same authority. */
  | { readonly what: 'new-serving'; readonly why: string; readonly names: readonly string[] };

export interface BundleWrite {
  readonly configuration: Configuration;
  /** PEM by entry, in the order of the configuration; undefined where an entry is right already. */
  readonly bundles: readonly (string | undefined)[];
}

export type Step =
  /** Nothing to do before `until`, or before something changes. Milliseconds since the epoch. */
  | { readonly step: 'wait'; readonly until: number | undefined }
  | { readonly step: 'create-secret' }
  | { readonly step: 'write-secret'; readonly change: SecretChange }
  | { readonly step: 'write-bundles'; readonly writes: readonly BundleWrite[] };

/**
 * The next step towards one authority that every caBundle holds and that signed what is served. Pure: every replica asks
 * it about what it sees, whoever is first does the step, and the others see the result.
 *
 * Nothing is taken away that somebody may still need: a new authority is in caBundle for `overlap` before anything signed
 * by it goes into the Secret, and caBundle keeps what it holds until the Secret has named the same authorities for
 * `overlap` and every caBundle has held the one that signs for as long.
 */
export function plan(view: View): Step {
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
  return wait(dates(view, secret.state, switchAt), view.now);
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

/** Where nothing can sign: the Secret is new, or was emptied or damaged, or nobody was there to renew it. */
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
 * While an upgrade rolls out, replicas may want different names: each keeps those of the others, or they would write the
 * Secret in turns. The next renewal drops what is not wanted any more.
 */
function namesFor({ settings, now }: View, { authority, serving }: CertificateState): readonly string[] {
  if (serving === undefined || servingProblem(serving, authority!.cert, [], now) !== undefined) return settings.names;
  const known = readCertificates(serving.cert)[0]?.subjectAltName ?? '';
  return [...new Set([...settings.names, ...[...known.matchAll(/DNS:([^,]+)/g)].map(([, name]) => name!)])];
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
  if (since === undefined || entriesOf(configurations).some(({ bundle }) => !holds(bundle).has(wanted)))
    return undefined;
  return since + settings.overlap;
}

/** When what a caBundle holds beside the authorities of the Secret may go; undefined where that cannot be told yet. */
function removalAt(view: View, state: CertificateState): number | undefined {
  const { observed, settings, now } = view;
  if (!canSign(state, now) || observed.authorities?.key !== authoritiesKey(state)) return undefined;
  const published = publishedAt(view, state.authority!.cert);
  return published === undefined ? undefined : Math.max(published, observed.authorities.since + settings.overlap);
}

/** What comes by itself. */
function dates(view: View, state: CertificateState, switchAt: number | undefined): readonly (number | undefined)[] {
  const { authority, serving, next } = state;
  const wanted = [authority, next].filter((one) => one !== undefined).length;
  const others = entriesOf(view.configurations).some(({ bundle }) => holds(bundle).size > wanted);
  return [
    switchAt,
    others ? removalAt(view, state) : undefined,
    serving === undefined || authority === undefined ? undefined : servingDueAt(serving, authority.cert, view.settings),
    authority === undefined || next !== undefined ? undefined : dueAt(authority.cert),
  ];
}

function wait(times: readonly (number | undefined)[], now: number): Step {
  // A date that has passed is one that cannot be kept: a serving certificate that is due while nothing can sign.
  const known = times.filter((one) => one !== undefined).filter((one) => one > now);
  return { step: 'wait', until: known.length === 0 ? undefined : Math.min(...known) };
}
