import { type JsonObject, objectOf } from '../../json/json.ts';
import type { Side } from '../resources/pod-total.ts';
import { amountOf, multiplyByRatio, quantityOf } from '../resources/quantity.ts';
import { type Bounds, boundsOf, type Resource, resources } from '../resources/resource-range.ts';
import type { Place } from './place.ts';
import { type Amounts, amountsOf } from './resource-amounts.ts';
import type { Report } from './shape.ts';

/** Other resources than those before have to fit what those were fitted to: the LimitRanges, and the pod's own. */
export function checkResources(container: JsonObject, place: Place, report: Report): void {
  const { pod, limitRanges, before } = place;
  const ofPod = objectOf(pod.spec.resources);
  if (limitRanges.length === 0 && ofPod === undefined) return;
  for (const resource of resources) {
    const now = amountsOf(container, resource, limitRanges);
    checkBounds(now, boundsOf(limitRanges, 'Container', resource), resource, report);
    const whole = boundsOf(limitRanges, 'Pod', resource);
    const isBounded = Object.keys(whole).length > 0;
    if (!isBounded && ofPod === undefined) continue;
    const fitted = amountsOf(before, resource, limitRanges);
    for (const side of ['requests', 'limits'] as const) {
      const at = `/resources/${side}/${resource}`;
      const most = fitted[side] ?? amountOf(String(objectOf(ofPod?.[side])?.[resource] ?? ''));
      const given = now[side];
      if (most === undefined) continue;
      if (given !== undefined && given > most)
        report(at, `more than ${quantityOf(most, resource)} does not fit the whole pod`);
      const isLess = given === undefined || (side === 'requests' && given < most);
      if (isBounded && isLess)
        report(at, `less than ${quantityOf(most, resource)} does not fit the LimitRange of the pod`);
    }
  }
}

/** The rules of LimitRanges of type Container. (Kubernetes, plugin/pkg/admission/limitranger) */
function checkBounds(
  { requests, limits }: Amounts,
  { min, max, ratio }: Bounds,
  resource: Resource,
  report: Report,
): void {
  const say = (side: Side, problem: string) => report(`/resources/${side}/${resource}`, `the LimitRange ${problem}`);
  if (requests !== undefined && limits !== undefined && requests > limits) {
    say('requests', `gives the limit ${quantityOf(limits, resource)}, which is less`);
    return;
  }
  if (min !== undefined) {
    const least = `asks for ${quantityOf(min, resource)} at least`;
    if (requests === undefined || requests < min) say('requests', least);
    else if (limits !== undefined && limits < min) say('limits', least);
  }
  if (max !== undefined && (limits === undefined || limits > max))
    say('limits', `asks for a limit of ${quantityOf(max, resource)} at most`);
  if (ratio !== undefined && (!requests || !limits || limits > multiplyByRatio(requests, ratio, resource)))
    say('limits', `asks for a limit of ${quantityOf(ratio, 'cpu')} times the request at most`);
}
