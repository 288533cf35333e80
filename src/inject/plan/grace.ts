import { annotationKey } from '../../contract/annotation.ts';
import type { SidecarSettings } from '../../kinds/command.ts';
import { stopMarginMs } from '../../kinds/injection/proxy-grace.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';
import type { Request } from '../request/request.ts';

const isAsked = (request: Request, key: string) => request.given.get(key)?.source === 'annotation';

interface SidecarGrace {
  readonly shutdownGracePeriod: number;
  readonly shutdownScrapeWait: number;
  readonly shutdownFirstScrape: boolean;
}

/** The facts of a pod that its end depends on. */
export interface PodEnd {
  /** Whether the sidecar is stopped after the application. */
  readonly native: boolean;
  /** The pod's grace period. */
  readonly seconds: number;
  readonly runsToCompletion: boolean;
}

/**
 * The sidecar's waits after SIGTERM: for what the application says last, then for a scrape. A native sidecar is stopped
 * after the application, when nothing more comes; a plain one is stopped together with it. Both waits must be over
 * within the pod's grace period. A pod that runs to completion may end before anybody scraped it.
 */
export function sidecarGrace(
  shared: SidecarSettings,
  request: Request,
  end: PodEnd,
): SidecarGrace & { readonly reasons: readonly Reason[] } {
  const most = Math.max(0, end.seconds * 1000 - stopMarginMs);
  const grace = gracePeriodOf(shared, request, end, most);
  const left = Math.max(0, most - grace.period);
  const [waitKey, firstKey] = ['shutdown-scrape-wait', 'shutdown-first-scrape'].map((name) =>
    annotationKey('sidecar', name),
  ) as [string, string];
  const said = shared.shutdownScrapeWait;
  const isLong = isAsked(request, waitKey) && said > left;
  const reasons = isLong
    ? [...grace.reasons, reason('grace_period', waitKey, `the pod has ${end.seconds}s`)]
    : grace.reasons;
  return {
    shutdownGracePeriod: grace.period,
    shutdownScrapeWait: isAsked(request, waitKey) ? said : Math.min(said, left),
    shutdownFirstScrape: request.given.has(firstKey) ? shared.shutdownFirstScrape : end.runsToCompletion,
    reasons,
  };
}

function gracePeriodOf(
  shared: SidecarSettings,
  request: Request,
  { native, seconds }: PodEnd,
  most: number,
): { readonly period: number; readonly reasons: readonly Reason[] } {
  const key = annotationKey('sidecar', 'shutdown-grace-period');
  const said = shared.shutdownGracePeriod;
  if (isAsked(request, key)) {
    return { period: said, reasons: said > most ? [reason('grace_period', key, `the pod has ${seconds}s`)] : [] };
  }
  if (native) return { period: request.given.has(key) ? Math.min(said, most) : 0, reasons: [] };
  if (said <= most) return { period: said, reasons: [] };
  return { period: most, reasons: [reason('grace_fitted', key, `the pod has ${seconds}s`)] };
}
