import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';
import type { Pod } from '../pod/pod.ts';
import { fitToQuotas } from './fit-quota.ts';
import { type Fit, type Placement, totalOf } from './our-total.ts';
import { podLevel, type Side } from './pod-total.ts';
import { multiplyByRatio, quantityOf } from './quantity.ts';
import {
  type Bounds,
  boundsOf,
  fitToBounds,
  lowerRequests,
  type Resource,
  type ResourceRange,
  withEqualRequest,
  withLowerLimit,
} from './resource-range.ts';

/** Fits each container, then the whole pod. The first step that finds no room gives its reason and ends the fitting. */
export function fitResource(
  pod: Pod,
  placement: Placement,
  fit: Fit,
  wanted: readonly ResourceRange[],
  reasons: Reason[],
): readonly ResourceRange[] {
  const { resource, limitRanges, names } = fit;
  const ranges: ResourceRange[] = [];
  for (const [i, range] of wanted.entries()) {
    const inRange = fitToBounds(range, boundsOf(limitRanges, 'Container', resource), resource);
    const top = podLevel(pod, 'limits', resource);
    const inPod = inRange && fitToBounds(inRange, top === undefined ? {} : { max: top }, resource);
    if (inPod === undefined) {
      const detail = `${resource} ${rangeText(range, resource)}`;
      reasons.push(
        inRange === undefined
          ? reason(
              'limit_range',
              names[i]!,
              `${detail}; ${boundsText(boundsOf(limitRanges, 'Container', resource), resource)}`,
            )
          : reason('pod_resources', names[i]!, `${detail}; the pod has ${quantityOf(top!, resource)}`),
      );
      return wanted;
    }
    ranges.push(inPod);
  }
  const whole = fitPodBounds(pod, placement, fit, ranges);
  if (whole === undefined) {
    reasons.push(
      reason(
        'limit_range',
        names.join(' and '),
        `${resource} of the whole pod; ${boundsText(boundsOf(limitRanges, 'Pod', resource), resource)}`,
      ),
    );
    return wanted;
  }
  const capped = fitPodLevel(pod, placement, fit, whole);
  if (capped === undefined) {
    reasons.push(reason('pod_resources', names[0]!, `${resource} requests of the whole pod`));
    return wanted;
  }
  const counted = fitToQuotas(pod, placement, fit, capped);
  if (!('problem' in counted)) return counted;
  reasons.push(reason('quota', names.join(' and '), counted.problem));
  return wanted;
}

/** Requests of the pod as a whole (`spec.resources`). */
function fitPodLevel(
  pod: Pod,
  placement: Placement,
  { resource, limitRanges, keepsQuality }: Fit,
  wanted: readonly ResourceRange[],
): readonly ResourceRange[] | undefined {
  const top = podLevel(pod, 'requests', resource);
  if (top === undefined || keepsQuality) return wanted;
  const excess = (ranges: readonly ResourceRange[]) => totalOf(pod, placement, 'requests', resource, ranges) - top;
  const capped = lowerRequests(wanted, excess, boundsOf(limitRanges, 'Container', resource), resource);
  return excess(capped) <= 0n ? capped : undefined;
}

/** LimitRanges of type Pod: the maximum, and the ratio of the sums. */
function fitPodBounds(
  pod: Pod,
  placement: Placement,
  { resource, limitRanges, keepsQuality }: Fit,
  wanted: readonly ResourceRange[],
): readonly ResourceRange[] | undefined {
  const { max, ratio } = boundsOf(limitRanges, 'Pod', resource);
  let ranges = wanted;
  const total = (side: Side) => totalOf(pod, placement, side, resource, ranges);
  if (max !== undefined) {
    // HAProxy's limit is lowered first: its container is the smaller, and moves bytes only.
    for (let i = ranges.length - 1; i >= 0; i--) {
      const over = total('limits') - max;
      ranges = ranges.map((range, at) => (at === i ? withLowerLimit(range, over, keepsQuality) : range));
    }
    if (total('limits') > max) return undefined;
  }
  if (ratio !== undefined && ratio > 0n && total('limits') > multiplyByRatio(total('requests'), ratio, resource)) {
    ranges = ranges.map(withEqualRequest);
    if (total('limits') > multiplyByRatio(total('requests'), ratio, resource)) return undefined;
  }
  return ranges;
}

export function rangeText({ request, limit }: ResourceRange, resource: Resource): string {
  const limited = limit === undefined ? 'no limit' : `limit ${quantityOf(limit, resource)}`;
  return `request ${quantityOf(request, resource)}, ${limited}`;
}

function boundsText({ max, min, ratio }: Bounds, resource: Resource): string {
  return [
    ...(max === undefined ? [] : [`max ${quantityOf(max, resource)}`]),
    ...(min === undefined ? [] : [`min ${quantityOf(min, resource)}`]),
    ...(ratio === undefined ? [] : [`ratio ${quantityOf(ratio, 'cpu')}`]),
  ].join(', ');
}
