import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';
import type { LimitRangeItem } from '../pod/namespace-facts.ts';
import type { Pod } from '../pod/pod.ts';
import {
  type ContainerAmount,
  containerAmounts,
  isGuaranteed,
  overheadOf,
  podLevel,
  podTotal,
  type Side,
} from './pod-total.ts';
import { type Amount, amountOf, multiplyByRatio, quantityOf } from './quantity.ts';
import {
  type Bounds,
  boundsOf,
  demandsLimit,
  fitToBounds,
  type Resource,
  type ResourceRange,
  resources,
  smaller,
  withEqualRequest,
  withLowerLimit,
} from './resource-range.ts';
import type { ResourceSettings } from './resource-settings.ts';
import { wantedRange } from './wanted-range.ts';

export type ContainerResources = {
  readonly requests: Readonly<Record<Resource, string>>;
  readonly limits: Readonly<Partial<Record<Resource, string>>>;
};

interface Texts {
  readonly requests: Record<Resource, string>;
  readonly limits: Partial<Record<Resource, string>>;
}

export interface FittedResources {
  /** By container. */
  readonly resources: ReadonlyMap<string, ContainerResources>;
  readonly reasons: readonly Reason[];
}

/** How our containers stand among the pod's, as the pod's total counts them. */
export interface Placement {
  readonly native: boolean;
  /** Init containers of ours that run first; each takes the resources of the first container. */
  readonly inits: number;
}

/**
 * The resources of our containers. Defaults are changed so that no admission check refuses the pod for them: a request
 * above its limit, a Guaranteed pod, LimitRanges of the namespace, limits of the pod as a whole. A value that does not
 * fit is a reason to leave the pod alone: a limit above a LimitRange has the whole pod refused.
 */
export function fitResources(
  pod: Pod,
  placement: Placement,
  containers: readonly ResourceSettings[],
  limitRanges: readonly LimitRangeItem[],
): FittedResources {
  const reasons: Reason[] = [];
  const texts = new Map<string, Texts>(
    containers.map(({ name }) => [name, { requests: { cpu: '', memory: '' }, limits: {} }]),
  );
  const keepsQuality = isGuaranteed(pod);
  const sums: string[] = [];
  for (const resource of resources) {
    const demand = { isGuaranteed: keepsQuality, isLimitDemanded: demandsLimit(limitRanges, resource) };
    const wanted = containers.map((container) => wantedRange(container, resource, demand, reasons));
    const ranges = fitResource(pod, placement, { resource, limitRanges, keepsQuality, containers }, wanted, reasons);
    if (keepsQuality) sums.push(sumText(pod, placement, resource, ranges));
    ranges.forEach((range, i) => {
      const { name, settings } = containers[i]!;
      const text = texts.get(name)!;
      text.requests[resource] = quantityText(range.request, settings[`${resource}-request`].setting.value, resource);
      if (range.limit !== undefined) {
        text.limits[resource] = quantityText(range.limit, settings[`${resource}-limit`].setting.value, resource);
      }
      if (range.request !== wanted[i]!.request || range.limit !== wanted[i]!.limit) {
        const detail = `${resource} ${rangeText(range, resource)}`;
        reasons.push(reason('resources_fitted', name, detail));
      }
      if (keepsQuality && range.request !== range.limit) reasons.push(reason('quality_changed', name, resource));
    });
  }
  if (keepsQuality && !reasons.some(({ code }) => code === 'quality_changed')) {
    reasons.push(reason('guaranteed', 'pod', sums.join(', ')));
  }
  return { resources: texts, reasons };
}

interface Fit {
  readonly resource: Resource;
  readonly limitRanges: readonly LimitRangeItem[];
  readonly keepsQuality: boolean;
  readonly containers: readonly ResourceSettings[];
}

/** Fits each container, then the whole pod. The first step that finds no room gives its reason and ends the fitting. */
function fitResource(
  pod: Pod,
  placement: Placement,
  fit: Fit,
  wanted: readonly ResourceRange[],
  reasons: Reason[],
): readonly ResourceRange[] {
  const { resource, limitRanges, keepsQuality, containers } = fit;
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
              containers[i]!.name,
              `${detail}; ${boundsText(boundsOf(limitRanges, 'Container', resource), resource)}`,
            )
          : reason('pod_resources', containers[i]!.name, `${detail}; the pod has ${quantityOf(top!, resource)}`),
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
        containers.map(({ name }) => name).join(' and '),
        `${resource} of the whole pod; ${boundsText(boundsOf(limitRanges, 'Pod', resource), resource)}`,
      ),
    );
    return wanted;
  }
  const top = podLevel(pod, 'requests', resource);
  if (top === undefined || keepsQuality) return whole;
  const capped = lowerRequests(
    whole,
    totalOf(pod, placement, 'requests', resource, whole) - top,
    boundsOf(limitRanges, 'Container', resource).min,
  );
  if (totalOf(pod, placement, 'requests', resource, capped) <= top) return capped;
  reasons.push(reason('pod_resources', containers[0]!.name, `${resource} requests of the whole pod`));
  return wanted;
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

function totalOf(
  pod: Pod,
  { native, inits }: Placement,
  side: Side,
  resource: Resource,
  ranges: readonly ResourceRange[],
): Amount {
  const amounts = ranges.map((range) => (side === 'limits' ? (range.limit ?? 0n) : range.request));
  const ours: ContainerAmount[] = amounts.map((amount) => ({ role: native ? 'native' : 'app', amount }));
  const first: ContainerAmount[] = Array.from({ length: inits }, () => ({ role: 'init', amount: amounts[0] ?? 0n }));
  const theirs = containerAmounts(pod, side, resource);
  const sum = native
    ? podTotal([...first, ...ours, ...theirs.inits], theirs.apps)
    : podTotal([...first, ...theirs.inits], [...theirs.apps, ...ours]);
  return sum + overheadOf(pod, resource);
}

/** The pod's sum before and after: `cpu 1 to 1050m`. */
function sumText(pod: Pod, placement: Placement, resource: Resource, ranges: readonly ResourceRange[]): string {
  const overhead = overheadOf(pod, resource);
  const [before, after] = [[], ranges].map(
    (ours) =>
      totalOf(pod, ours.length === 0 ? { ...placement, inits: 0 } : placement, 'requests', resource, ours) - overhead,
  );
  return `${resource} ${quantityOf(before!, resource)} to ${quantityOf(after!, resource)}`;
}

function lowerRequests(ranges: readonly ResourceRange[], over: Amount, min: Amount = 0n): readonly ResourceRange[] {
  let rest = over;
  return ranges.map((range) => {
    if (range.requestIsFixed || rest <= 0n || range.request <= min) return range;
    const less = smaller(rest, range.request - min);
    rest -= less;
    return { ...range, request: range.request - less };
  });
}

/** The setting's own text where the amount is unchanged. */
function quantityText(amount: Amount, text: string, resource: Resource): string {
  return amountOf(text) === amount ? text : quantityOf(amount, resource);
}

function rangeText({ request, limit }: ResourceRange, resource: Resource): string {
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
