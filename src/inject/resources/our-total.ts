import type { LimitRangeItem } from '../pod/namespace-facts.ts';
import type { Pod } from '../pod/pod.ts';
import { type ContainerAmount, containerAmounts, overheadOf, podTotal, type Side } from './pod-total.ts';
import { type Amount, quantityOf } from './quantity.ts';
import type { CountingQuota } from './quota-scope.ts';
import type { Resource, ResourceRange } from './resource-range.ts';

/** How our containers stand among the pod's, as the pod's total counts them. */
export interface Placement {
  readonly native: boolean;
  /** Init containers of ours that run first; each takes the resources of the first container. */
  readonly inits: number;
}

/** The bounds to which one resource of our containers is fitted. */
export interface Fit {
  readonly resource: Resource;
  readonly limitRanges: readonly LimitRangeItem[];
  /** The quotas that count the pod with our containers. */
  readonly quotas: readonly CountingQuota[];
  readonly keepsQuality: boolean;
  /** The names of our containers. */
  readonly names: readonly string[];
}

/** The pod's total with our containers; without any, that of the pod as it is. */
export function totalOf(
  pod: Pod,
  { native, inits }: Placement,
  side: Side,
  resource: Resource,
  ranges: readonly ResourceRange[],
): Amount {
  const amounts = ranges.map((range) => (side === 'limits' ? (range.limit ?? 0n) : range.request));
  const ours: ContainerAmount[] = amounts.map((amount) => ({ role: native ? 'native' : 'app', amount }));
  const first: ContainerAmount[] = Array.from({ length: ranges.length === 0 ? 0 : inits }, () => ({
    role: 'init',
    amount: amounts[0] ?? 0n,
  }));
  const theirs = containerAmounts(pod, side, resource);
  const sum = native
    ? podTotal([...first, ...ours, ...theirs.inits], theirs.apps)
    : podTotal([...first, ...theirs.inits], [...theirs.apps, ...ours]);
  return sum + overheadOf(pod, resource);
}

/** The pod's sum before and after: `cpu 1 to 1050m`. */
export function sumText(pod: Pod, placement: Placement, resource: Resource, ranges: readonly ResourceRange[]): string {
  const overhead = overheadOf(pod, resource);
  const [before, after] = [[], ranges].map((ours) => totalOf(pod, placement, 'requests', resource, ours) - overhead);
  return `${resource} ${quantityOf(before!, resource)} to ${quantityOf(after!, resource)}`;
}
