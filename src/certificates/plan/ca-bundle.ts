import { readCertificates } from '../pem/pem.ts';
import { periodOf } from '../pem/period.ts';
import { chainProblem } from '../pem/verify.ts';

export const configurationKinds = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'] as const;
export type ConfigurationKind = (typeof configurationKinds)[number];

/** One webhook of a configuration. */
export interface Entry {
  readonly name: string;
  /** The name under which the API server calls: `<service>.<namespace>.svc`, or the host of the URL. */
  readonly host: string;
  /** PEM; empty where there is none. */
  readonly bundle: string;
}

/** What is kept of a MutatingWebhookConfiguration or ValidatingWebhookConfiguration. */
export interface Configuration {
  readonly kind: ConfigurationKind;
  readonly name: string;
  readonly resourceVersion: string;
  /** Counts the changes of its webhooks. */
  readonly generation: number;
  /** Who else wrote a caBundle of it last, by field manager. */
  readonly writers: readonly string[];
  /** In its order. */
  readonly entries: readonly Entry[];
}

/**
 * Why an API server would refuse `chain`, one sentence that names the first entry that does; undefined where all entries
 * of all configurations verify it under the name they call by.
 *
 * @param chain PEM, as served; undefined where nothing is.
 * @param now milliseconds since the epoch.
 */
export function bundlesProblem(
  configurations: readonly Configuration[],
  chain: string | undefined,
  now: number,
): string | undefined {
  if (configurations.length === 0) return 'there is no webhook configuration';
  for (const { kind, name, entries } of configurations) {
    for (const entry of entries) {
      const problem = chainProblem(chain ?? '', entry.bundle, [entry.host], now);
      if (problem !== undefined) return `${kind}/${name}/${entry.name}: ${problem}`;
    }
  }
  return undefined;
}

/** All entries of all configurations. */
export function entriesOf(configurations: readonly Configuration[]): readonly Entry[] {
  return configurations.flatMap(({ entries }) => entries);
}

/** Fingerprints of what a caBundle holds. */
export function holds(bundle: string): ReadonlySet<string> {
  return new Set(readCertificates(bundle).map(({ fingerprint256 }) => fingerprint256));
}

/**
 * The caBundle that `live` has to become: the wanted authorities and, with `keepOthers`, what it holds beside them while
 * that is valid. Undefined where it holds just that already, in whatever order.
 */
export function nextBundle(
  live: string,
  wanted: readonly string[],
  keepOthers: boolean,
  now: number,
): string | undefined {
  const held = readCertificates(live);
  const ours = wanted.flatMap((pem) => readCertificates(pem).slice(0, 1));
  const others = held.filter(
    (one) => keepOthers && periodOf(one).ends > now && !ours.some((our) => our.raw.equals(one.raw)),
  );
  const target = new Map([...ours, ...others].map((one) => [one.fingerprint256, one.toString()]));
  const same = target.size === holds(live).size && held.every(({ fingerprint256 }) => target.has(fingerprint256));
  return same ? undefined : [...target.values()].join('');
}
