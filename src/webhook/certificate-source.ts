import { startAuthority } from '../certificates/authority.ts';
import type { Bundles } from '../certificates/watch-bundles.ts';
import type { WebhookSettings } from '../contract/webhook.ts';
import { readFiles } from '../files/watch-file.ts';
import type { Kube } from '../kube/kube.ts';
import type { ServerClock } from '../timing/server-clock.ts';
import type { Background } from './metrics/background-failures.ts';
import type { Metrics } from './metrics/webhook-metrics.ts';
import { type Loaded, type ReloadContext, reloadOnChange } from './reload/reload-on-change.ts';
import { authoritySettings } from './requirements.ts';
import { certificateSource, readPair, type ServingPair } from './tls/serving-certificate.ts';

/** Where the serving pair comes from: two files, or an authority that all replicas share. */
export interface PairSource {
  /** To begin with; undefined where it is still to be read from the Secret, or to be issued. */
  readonly first: ServingPair | undefined;
  /** Hands over every later pair. */
  follow(use: (pair: ServingPair) => void, context: PairContext): Followed;
}

export interface PairContext extends ReloadContext {
  readonly metrics: Metrics;
  readonly background: Background;
  readonly settings: WebhookSettings;
  readonly kube: Kube | undefined;
  readonly bundles: Bundles | undefined;
  readonly random: () => number;
  /** The API server's clock, where there is one. */
  readonly serverClock: ServerClock | undefined;
}

export interface Followed {
  /** Why there is no newer pair, or none at all; nothing where all is well. */
  problem(): string | undefined;
  /** Milliseconds since the epoch; undefined where somebody else is the authority. */
  authorityExpires(): number | undefined;
  stop(): void;
}

/** What `--certificates.mode` says. The files have to be there; the authority may take its time. */
export async function pairSource(settings: WebhookSettings, now: () => number): Promise<Loaded<PairSource>> {
  return settings.certificatesMode === 'files'
    ? pairOfFiles(settings, now)
    : { ok: true, value: { first: undefined, follow: followAuthority } };
}

async function pairOfFiles(settings: WebhookSettings, now: () => number): Promise<Loaded<PairSource>> {
  const source = certificateSource(settings, now);
  const read = await readFiles(source.files);
  const pair = source.load(read);
  if (!pair.ok) return pair;
  const follow: PairSource['follow'] = (use, context) => {
    const watch = reloadOnChange(source, read, use, context);
    return { problem: () => undefined, authorityExpires: () => undefined, stop: () => watch.stop() };
  };
  return { ok: true, value: { first: pair.value, follow } };
}

/** Takes part in the authority of the Secret, and serves what it issued. */
function followAuthority(
  use: (pair: ServingPair) => void,
  { settings, kube, bundles, metrics, log, now, random, background, serverClock }: PairContext,
): Followed {
  const { certificatesSecret: secret } = settings;
  // `missingFlags` refused settings without these.
  if (secret === undefined || kube === undefined || bundles === undefined) throw new Error('no cluster to issue for');
  const authority = startAuthority(
    { secret, ...authoritySettings(settings) },
    {
      ...{ kube, bundles, now, random, failed: background('certificates') },
      clockProblem: () => serverClock?.problem(),
      log,
    },
  );
  authority.onPair(({ cert, key }) => {
    const contents = [Buffer.from(cert), Buffer.from(key)];
    const pair = readPair([`${secret} tls.crt`, `${secret} tls.key`], { ok: true, value: contents }, now());
    metrics.reloaded('certificate', pair.ok, now() / 1000);
    if (pair.ok) use(pair.value);
    else log.error('the certificate cannot be served', { secret, problems: pair.problems });
  });
  authority.onRotation((what) => metrics.rotated(what));
  return {
    problem: () => authority.problem(),
    authorityExpires: () => authority.authorityExpires(),
    stop: () => authority.stop(),
  };
}
