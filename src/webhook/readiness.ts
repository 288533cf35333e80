import type { CaBundles } from '../certificates/watch-bundles.ts';
import type { Logger } from '../runtime/logger.ts';
import type { CertificateWatch } from './certificate-source.ts';
import type { ClusterServices } from './cluster-services.ts';
import type { ServingCertificate } from './tls/serving-certificate.ts';

/** The state that readiness depends on. */
export interface ReadinessInputs {
  readonly stopping: boolean;
  readonly certificate: ServingCertificate | undefined;
  /** Undefined until the first certificate is served. */
  readonly certificateWatch: CertificateWatch | undefined;
  /** The caBundles of the registration; undefined where they are not watched. */
  readonly bundles: CaBundles | undefined;
  readonly cluster: ClusterServices;
  /** Why the settings file has not been usable since the start; undefined once a version of it was. */
  readonly settingsProblem: string | undefined;
}

/** Why the API server should not call this replica; undefined where it can. */
function notReady(inputs: ReadinessInputs): string | undefined {
  const { stopping, certificate, certificateWatch, bundles, cluster, settingsProblem } = inputs;
  if (stopping) return 'stopping';
  if (settingsProblem !== undefined) return settingsProblem;
  if (certificate === undefined) return certificateWatch?.problem() ?? 'no certificate yet';
  return notTrusted({ certificate, bundles }) ?? cluster.notReady();
}

/** Why an API server would refuse the certificate; undefined where it would not, or where no caBundle is watched. */
export function notTrusted({
  certificate,
  bundles,
}: Pick<ReadinessInputs, 'certificate' | 'bundles'>): string | undefined {
  return bundles?.notSynced(certificate?.cert.toString());
}

/** Calls `notReady`, and logs whenever its answer has changed. */
export function createReadiness(inputs: ReadinessInputs, log: Logger): () => string | undefined {
  let logged: string | undefined = '';
  return () => {
    const reason = notReady(inputs);
    if (reason !== logged && !inputs.stopping) {
      if (reason === undefined) log.info('ready');
      else log.warn('not ready', { reason });
    }
    logged = reason;
    return reason;
  };
}
