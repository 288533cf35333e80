import { quote } from '../../flags/codec.ts';
import type { Pod } from '../pod/pod.ts';
import { type Fit, type Placement, totalOf } from './our-total.ts';
import { overheadOf, podLevel, type Side } from './pod-total.ts';
import { type Amount, amountOf, multiplyByRatio, quantityOf } from './quantity.ts';
import {
  boundsOf,
  larger,
  lowerRequests,
  type Resource,
  type ResourceRange,
  withLowerLimit,
} from './resource-range.ts';

/** Requests are not lowered below these: the scheduler still counts the container, and the kernel gives it a turn. */
const leastRequest: Readonly<Record<Resource, Amount>> = { cpu: amountOf('1m')!, memory: amountOf('16Mi')! };

/** The room in the tightest quota. */
interface Room {
  readonly name: string;
  readonly left: Amount;
  /** The total of the pod without our containers. */
  readonly before: Amount;
}

/**
 * Lowers limits, then requests, to the room that the namespace's quotas leave beside the pod, not below their floors.
 * A quota that has no room for the pod alone changes nothing: it refuses the pod anyway.
 */
export function fitToQuotas(
  pod: Pod,
  placement: Placement,
  fit: Fit,
  wanted: readonly ResourceRange[],
): readonly ResourceRange[] | { readonly problem: string } {
  if (fit.quotas.length === 0) return wanted;
  let ranges = wanted;
  for (const side of ['limits', 'requests'] as const) {
    const room = roomOf(pod, placement, fit, side);
    if (room === undefined) continue;
    ranges =
      side === 'limits' ? lowerLimits(pod, placement, fit, ranges, room) : lower(pod, placement, fit, ranges, room);
    const total = countedTotal(pod, placement, side, fit.resource, ranges);
    if (total <= room.left) continue;
    const free = quantityOf(larger(0n, room.left - room.before), fit.resource);
    const needed = quantityOf(total - room.before, fit.resource);
    return { problem: `${quote(room.name)}: ${side}.${fit.resource}: ${free} left beside the pod, ${needed} needed` };
  }
  return keepsPodRatio(pod, placement, fit, wanted, ranges)
    ? ranges
    : { problem: `${fit.resource}: a LimitRange's ratio` };
}

/** The tightest of the quotas that would take the pod alone. */
function roomOf(pod: Pod, placement: Placement, { resource, quotas }: Fit, side: Side): Room | undefined {
  // The pod's own amount counts, whatever its containers have.
  if (podLevel(pod, side, resource) !== undefined) return undefined;
  const before = countedTotal(pod, placement, side, resource, []);
  let room: Room | undefined;
  for (const { quota, isNew } of quotas) {
    const left = quota.left[`${side}.${resource}`];
    if (left === undefined || (!isNew && before > 0n && before > left)) continue;
    if (room === undefined || left < room.left) room = { name: quota.name, left, before };
  }
  return room;
}

/** The total as a quota counts it: the overhead of a RuntimeClass counts with a limit that there is. */
function countedTotal(
  pod: Pod,
  placement: Placement,
  side: Side,
  resource: Resource,
  ranges: readonly ResourceRange[],
): Amount {
  const total = totalOf(pod, placement, side, resource, ranges);
  const overhead = overheadOf(pod, resource);
  return side === 'limits' && total === overhead ? 0n : total;
}

/** HAProxy's limit is lowered first, as for a LimitRange. */
function lowerLimits(
  pod: Pod,
  placement: Placement,
  { resource, keepsQuality }: Fit,
  wanted: readonly ResourceRange[],
  { left }: Room,
): readonly ResourceRange[] {
  let ranges = wanted;
  for (let i = ranges.length - 1; i >= 0; i--) {
    const over = countedTotal(pod, placement, 'limits', resource, ranges) - left;
    ranges = ranges.map((range, at) => (at === i ? withLowerLimit(range, over, keepsQuality) : range));
  }
  return ranges;
}

function lower(
  pod: Pod,
  placement: Placement,
  fit: Fit,
  wanted: readonly ResourceRange[],
  { left }: Room,
): readonly ResourceRange[] {
  const { resource, limitRanges, keepsQuality } = fit;
  const excess = (ranges: readonly ResourceRange[]) =>
    countedTotal(pod, placement, 'requests', resource, ranges) - left;
  if (excess(wanted) <= 0n) return wanted;
  if (keepsQuality) {
    let ranges = wanted;
    for (let i = ranges.length - 1; i >= 0; i--) {
      const over = excess(ranges);
      ranges = ranges.map((range, at) => (at === i ? withLowerLimit(range, over, true) : range));
    }
    return ranges;
  }
  return lowerRequests(wanted, excess, boundsOf(limitRanges, 'Container', resource), resource, leastRequest[resource]);
}

/** Lower requests may break the ratio that a LimitRange sets to the sums of the pod. */
function keepsPodRatio(
  pod: Pod,
  placement: Placement,
  { resource, limitRanges }: Fit,
  before: readonly ResourceRange[],
  after: readonly ResourceRange[],
): boolean {
  const { ratio } = boundsOf(limitRanges, 'Pod', resource);
  if (ratio === undefined || ratio === 0n || before === after) return true;
  const total = (side: Side) => totalOf(pod, placement, side, resource, after);
  return total('limits') <= multiplyByRatio(total('requests'), ratio, resource);
}
