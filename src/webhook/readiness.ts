import type { Bundles } from '../certificates/watch-bundles.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Followed } from './certificate-source.ts';
import type { ClusterSide } from './cluster-side.ts';
import type { ServingPair } from './tls/serving-certificate.ts';

/** What readiness depends on. */
export interface Standing {
  readonly stopping: boolean;
  readonly pair: ServingPair | undefined;
  /** Where later pairs come from. */
  readonly pairs: Followed | undefined;
  /** The registration, where it is watched. */
  readonly bundles: Bundles | undefined;
  readonly cluster: ClusterSide;
}

/** Why the API server should not call this replica; nothing where it can. */
function notReady({ stopping, pair, pairs, bundles, cluster }: Standing): string | undefined {
  if (stopping) return 'stopping';
  if (pair === undefined) return pairs?.problem() ?? 'no certificate yet';
  return notTrusted({ pair, bundles }) ?? cluster.notReady();
}

/** Why an API server would refuse what is served; nothing where it would not, or where the registration is not watched. */
export function notTrusted({ pair, bundles }: Pick<Standing, 'pair' | 'bundles'>): string | undefined {
  return bundles?.notSynced(pair?.cert.toString());
}

/** Asks `notReady`, and logs whenever its answer is another than before. */
export function createReadiness(standing: Standing, log: Logger): () => string | undefined {
  let said: string | undefined = '';
  return () => {
    const reason = notReady(standing);
    if (reason !== said && !standing.stopping) {
      if (reason === undefined) log.info('ready');
      else log.warn('not ready', { reason });
    }
    said = reason;
    return reason;
  };
}
