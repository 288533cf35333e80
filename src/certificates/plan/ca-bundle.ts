import { readCertificates } from '../pem/pem.ts';
import { periodOf } from '../pem/period.ts';
import { chainProblem } from '../pem/verify.ts';

export const configurationKinds = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'] as const;
export type ConfigurationKind = (typeof configurationKinds)[number];

/** One webhook of a configuration. */
export interface WebhookEntry {
  readonly name: string;
  /** The host name of the API server's calls: `<service>.<namespace>.svc`, or the host of the URL. */
  readonly host: string;
  /** PEM; an empty text if the entry has no `caBundle`. */
  readonly bundle: string;
}

/** The kept part of a MutatingWebhookConfiguration or ValidatingWebhookConfiguration. */
export interface Configuration {
  readonly kind: ConfigurationKind;
  readonly name: string;
  readonly resourceVersion: string;
  /** Counts the changes of its webhooks. */
  readonly generation: number;
  /** The other field managers that wrote a caBundle of it last. */
  readonly writers: readonly string[];
  /** In the configuration's order. */
  readonly entries: readonly WebhookEntry[];
  /** The marks of the Helm release that it belongs to. */
  readonly release?: ReleaseMarks;
}

/** The labels and annotations by which Helm knows the objects of a release; both are empty without Helm. */
export interface ReleaseMarks {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Why an API server would refuse `chain`, one sentence that names the first entry that does; undefined where all
 * entries of all configurations verify it under the name they call by.
 *
 * @param chain PEM, as served; undefined where no certificate is served.
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
export function entriesOf(configurations: readonly Configuration[]): readonly WebhookEntry[] {
  return configurations.flatMap(({ entries }) => entries);
}

/** The fingerprints of the certificates of a caBundle. */
export function fingerprintsOf(bundle: string): ReadonlySet<string> {
  return new Set(readCertificates(bundle).map(({ fingerprint256 }) => fingerprint256));
}

/**
 * The new caBundle in place of `live`: the wanted authorities and, with `keepOthers`, its other certificates while they
 * are valid. Undefined where `live` holds exactly these already, in any order.
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
  const same =
    target.size === fingerprintsOf(live).size && held.every(({ fingerprint256 }) => target.has(fingerprint256));
  return same ? undefined : [...target.values()].join('');
}
