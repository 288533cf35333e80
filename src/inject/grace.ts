import { annotationKey } from '../contract/annotation.ts';
import type { KindSettings, SidecarSettings } from '../contract/command.ts';
import type { Reason } from './outcome.ts';
import { reason } from './reason-text.ts';
import type { Request } from './request.ts';

/** What stopping costs beside the waiting: draining, a last page, the exit. */
const margin = 1000;
const leastHardStop = 1000;

const isAsked = (request: Request, key: string) => request.given.get(key)?.source === 'annotation';

/**
 * The sidecar's wait after SIGTERM. A native sidecar is stopped after the application, when nothing is left to wait for;
 * a plain one is stopped together with it, and must be done within the pod's grace period.
 */
export function sidecarGrace(
  shared: SidecarSettings,
  request: Request,
  native: boolean,
  seconds: number,
): { readonly shutdownGracePeriod: number; readonly reasons: readonly Reason[] } {
  const key = annotationKey('sidecar', 'shutdown-grace-period');
  const said = shared.shutdownGracePeriod;
  const most = Math.max(0, seconds * 1000 - margin);
  if (isAsked(request, key)) {
    const reasons = said > most ? [reason('grace_period', key, `the pod has ${seconds}s`)] : [];
    return { shutdownGracePeriod: said, reasons };
  }
  if (native) return { shutdownGracePeriod: request.given.has(key) ? Math.min(said, most) : 0, reasons: [] };
  if (said <= most) return { shutdownGracePeriod: said, reasons: [] };
  return { shutdownGracePeriod: most, reasons: [reason('grace_fitted', key, `the pod has ${seconds}s`)] };
}

/** HAProxy goes on accepting for its grace, and cuts what is still under way after the hard stop: together within the pod's. */
export function proxyGrace(
  settings: KindSettings['haproxy'],
  request: Request,
  seconds: number,
): { readonly grace: number; readonly hardStopAfter: number; readonly reasons: readonly Reason[] } {
  const keys = { grace: annotationKey('haproxy', 'grace'), hardStop: annotationKey('haproxy', 'hard-stop-after') };
  const most = Math.max(0, seconds * 1000 - margin);
  let { grace, hardStopAfter } = settings;
  if (grace + hardStopAfter <= most) return { grace, hardStopAfter, reasons: [] };
  if (!isAsked(request, keys.grace)) grace = Math.min(grace, Math.floor(most / 2000) * 1000);
  if (!isAsked(request, keys.hardStop)) hardStopAfter = Math.max(leastHardStop, Math.min(hardStopAfter, most - grace));
  const fits = grace + hardStopAfter <= Math.max(most, leastHardStop);
  const detail = `the pod has ${seconds}s`;
  return { grace, hardStopAfter, reasons: [reason(fits ? 'grace_fitted' : 'grace_period', keys.hardStop, detail)] };
}
