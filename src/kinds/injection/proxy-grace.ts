import { annotationKey, type GivenSettings } from '../../contract/annotation.ts';
import type { Reason } from '../../inject/outcome/outcome.ts';
import { reason } from '../../inject/outcome/reason-text.ts';

/** Milliseconds that stopping takes beside the waits: draining, a last page, the exit. */
export const stopMarginMs = 1000;
const leastHardStopMs = 1000;

const isAsked = ({ given }: GivenSettings, key: string) => given.get(key)?.source === 'annotation';

/**
 * HAProxy goes on accepting for its grace, and cuts the requests that are still under way after the hard stop: both fit
 * into the pod's grace period. A native sidecar is told to stop when the application has ended: a connection that it
 * kept open then would get 503 for each of its requests, and goes to another pod where it is closed.
 */
export function proxyGrace(
  settings: { readonly grace: number; readonly hardStopAfter: number },
  request: GivenSettings,
  seconds: number,
  native: boolean,
): { readonly grace: number; readonly hardStopAfter: number; readonly reasons: readonly Reason[] } {
  const keys = { grace: annotationKey('haproxy', 'grace'), hardStop: annotationKey('haproxy', 'hard-stop-after') };
  const most = Math.max(0, seconds * 1000 - stopMarginMs);
  let { grace, hardStopAfter } = settings;
  if (native && !request.given.has(keys.grace)) grace = 0;
  if (grace + hardStopAfter <= most) return { grace, hardStopAfter, reasons: [] };
  if (!isAsked(request, keys.grace)) grace = Math.min(grace, Math.floor(most / 2000) * 1000);
  if (!isAsked(request, keys.hardStop))
    hardStopAfter = Math.max(leastHardStopMs, Math.min(hardStopAfter, most - grace));
  const fits = grace + hardStopAfter <= Math.max(most, leastHardStopMs);
  const detail = `the pod has ${seconds}s`;
  return { grace, hardStopAfter, reasons: [reason(fits ? 'grace_fitted' : 'grace_period', keys.hardStop, detail)] };
}
