import { startAuthority } from '../certificates/authority.ts';
import type { CaBundles } from '../certificates/watch-bundles.ts';
import type { WebhookSettings } from '../contract/webhook.ts';
import { readFiles } from '../files/watch-file.ts';
import type { Kube } from '../kube/kube.ts';
import type { ServerClock } from '../timing/server-clock.ts';
import type { BackgroundFailures } from './metrics/background-failures.ts';
import type { Metrics } from './metrics/webhook-metrics.ts';
import { type Loaded, type ReloadContext, reloadOnChange } from './reload/reload-on-change.ts';
import { authoritySettings } from './requirements.ts';
import { certificateFiles, readServingCertificate, type ServingCertificate } from './tls/serving-certificate.ts';

/** Where the serving certificate comes from: two files, or an authority that all replicas share. */
export interface CertificateSource {
  /** The first certificate; undefined while it is still to be read from the Secret or to be issued. */
  readonly first: ServingCertificate | undefined;
  /** Calls `use` with every later certificate. */
  watch(use: (certificate: ServingCertificate) => void, context: CertificateContext): CertificateWatch;
}

export interface CertificateContext extends ReloadContext {
  readonly metrics: Metrics;
  readonly failuresOf: BackgroundFailures;
  readonly settings: WebhookSettings;
  readonly kube: Kube | undefined;
  readonly bundles: CaBundles | undefined;
  readonly random: () => number;
  /** The API server's clock, where there is one. */
  readonly serverClock: ServerClock | undefined;
}

export interface CertificateWatch {
  /** Why there is no newer certificate, or none at all; undefined where there is no problem. */
  problem(): string | undefined;
  /** Milliseconds since the epoch; undefined where the authority is not the webhook's own. */
  authorityExpires(): number | undefined;
  stop(): void;
}

/** The source that `--certificates.mode` names. The files have to be there; the authority may issue later. */
export async function certificateSource(
  settings: WebhookSettings,
  now: () => number,
): Promise<Loaded<CertificateSource>> {
  return settings.certificatesMode === 'files'
    ? certificateOfFiles(settings, now)
    : { ok: true, value: { first: undefined, watch: watchAuthority } };
}

async function certificateOfFiles(settings: WebhookSettings, now: () => number): Promise<Loaded<CertificateSource>> {
  const source = certificateFiles(settings, now);
  const read = await readFiles(source.files);
  const certificate = source.load(read);
  if (!certificate.ok) return certificate;
  const watch: CertificateSource['watch'] = (use, context) => {
    const fileWatch = reloadOnChange(source, read, use, context);
    return { problem: () => undefined, authorityExpires: () => undefined, stop: () => fileWatch.stop() };
  };
  return { ok: true, value: { first: certificate.value, watch } };
}

/** Takes part in the authority of the Secret, and serves the certificate that it issued. */
function watchAuthority(
  use: (certificate: ServingCertificate) => void,
  { settings, kube, bundles, metrics, log, now, random, failuresOf, serverClock }: CertificateContext,
): CertificateWatch {
  const { certificatesSecret: secret } = settings;
  // `missingFlags` refused settings without these.
  if (secret === undefined || kube === undefined || bundles === undefined) throw new Error('no cluster to issue for');
  const authority = startAuthority(
    { secret, ...authoritySettings(settings) },
    {
      ...{ kube, bundles, now, random, failed: failuresOf('certificates') },
      clockProblem: () => serverClock?.problem(),
      log,
    },
  );
  authority.onPair(({ cert, key }) => {
    const contents = [Buffer.from(cert), Buffer.from(key)];
    const certificate = readServingCertificate(
      [`${secret} tls.crt`, `${secret} tls.key`],
      { ok: true, value: contents },
      now(),
    );
    metrics.reloaded('certificate', certificate.ok, now() / 1000);
    if (certificate.ok) use(certificate.value);
    else log.error('the certificate cannot be served', { secret, problems: certificate.problems });
  });
  authority.onRotation((what) => metrics.rotated(what));
  return {
    problem: () => authority.problem(),
    authorityExpires: () => authority.authorityExpires(),
    stop: () => authority.stop(),
  };
}
