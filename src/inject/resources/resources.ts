import { demandedCpuLimit, quotaCpuLimit } from '../../contract/sidecar-annotations.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';
import type { Facts, LimitRangeItem } from '../pod/namespace-facts.ts';
import type { Pod } from '../pod/pod.ts';
import { fitResource, rangeText } from './fit-resource.ts';
import { type Placement, sumText } from './our-total.ts';
import { isGuaranteed, isPodLevel } from './pod-total.ts';
import { type Amount, amountOf, quantityOf } from './quantity.ts';
import { type CountingQuota, countingQuotas, newQuotaProblem } from './quota-scope.ts';
import { demandsLimit, type Resource, resources } from './resource-range.ts';
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

/**
 * The resources of our containers. Defaults are changed so that no admission check refuses the pod for them: a request
 * above its limit, a Guaranteed pod, LimitRanges and ResourceQuotas of the namespace, limits of the pod as a whole. A
 * value that does not fit is a reason to leave the pod alone: a limit above a LimitRange has the whole pod refused.
 */
export function fitResources(
  pod: Pod,
  placement: Placement,
  containers: readonly ResourceSettings[],
  { limitRanges, quotas = none }: Facts['namespace'],
): FittedResources {
  const reasons: Reason[] = [];
  const texts = new Map<string, Texts>(
    containers.map(({ name }) => [name, { requests: { cpu: '', memory: '' }, limits: {} }]),
  );
  const keepsQuality = isGuaranteed(pod);
  const sums: string[] = [];
  const names = containers.map(({ name }) => name);
  const counting = quotas.length === 0 ? none : countingQuotas(pod, quotas);
  const refusal = newQuotaProblem(pod, counting);
  if (refusal !== undefined) reasons.push(reason('quota', names.join(' and '), refusal));
  for (const resource of resources) {
    const demand = { isGuaranteed: keepsQuality, limit: demandedLimit(pod, resource, limitRanges, counting) };
    const wanted = containers.map((container) => wantedRange(container, resource, demand, reasons));
    const fit = { resource, limitRanges, quotas: counting, keepsQuality, names };
    const ranges = fitResource(pod, placement, fit, wanted, reasons);
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

const none: readonly never[] = [];

/** The limit of a container that needs none by its settings; absent where the namespace demands none. */
function demandedLimit(
  pod: Pod,
  resource: Resource,
  limitRanges: readonly LimitRangeItem[],
  quotas: readonly CountingQuota[],
): Amount | undefined {
  // A pod with resources of its own as a whole may leave out those of its containers.
  const isCounted = quotas.some(({ quota }) => quota.left[`limits.${resource}`] !== undefined) && !isPodLevel(pod);
  if (isCounted) return amountOf(quotaCpuLimit);
  return demandsLimit(limitRanges, resource) ? amountOf(demandedCpuLimit) : undefined;
}

/** The setting's own text where the amount is unchanged. */
function quantityText(amount: Amount, text: string, resource: Resource): string {
  return amountOf(text) === amount ? text : quantityOf(amount, resource);
}
