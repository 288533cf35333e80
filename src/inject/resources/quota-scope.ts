import { quote } from '../../flags/codec.ts';
import { type Json, listOf, objectOf, objectsOf, textOf } from '../../json/json.ts';
import type { Quota, QuotaScope } from '../pod/namespace-facts.ts';
import type { Pod } from '../pod/pod.ts';
import { containerAmounts, isPodLevel, podLevel, silentContainer } from './pod-total.ts';
import { amountOf } from './quantity.ts';
import { resources } from './resource-range.ts';

const sides = ['requests', 'limits'] as const;
const onePod = amountOf('1')!;

/** Whether a pod asks for no CPU and no memory, and is given no limit of them. (Kubernetes, Pod QoS) */
function isBestEffort(pod: Pod): boolean {
  const isNone = (amount: bigint | undefined) => amount === undefined || amount === 0n;
  return resources.every((resource) =>
    sides.every((side) => {
      if (isPodLevel(pod)) return isNone(podLevel(pod, side, resource));
      const { inits, apps } = containerAmounts(pod, side, resource);
      return [...inits, ...apps].every(({ amount }) => isNone(amount));
    }),
  );
}

/** A quota that counts the pod once our containers are in it. */
export interface CountingQuota {
  readonly quota: Quota;
  /** It does not count the pod without them: a pod without requests and limits is in other scopes. */
  readonly isNew: boolean;
}

/** The quotas that count the pod with our containers, which have requests and limits. */
export function countingQuotas(pod: Pod, quotas: readonly Quota[]): readonly CountingQuota[] {
  const before = isBestEffort(pod);
  const after = before && isPodLevel(pod);
  return quotas.flatMap((quota) =>
    counts(quota, pod, after) ? [{ quota, isNew: before !== after && !counts(quota, pod, before) }] : [],
  );
}

/** Why a quota would refuse the pod only because it begins to count the pod; its sums are compared elsewhere. */
export function newQuotaProblem(pod: Pod, quotas: readonly CountingQuota[]): string | undefined {
  for (const { quota, isNew } of quotas) {
    if (!isNew) continue;
    const begins = `${quote(quota.name)} counts the pod with a sidecar`;
    const { pods } = quota.left;
    if (pods !== undefined && pods < onePod) return `${begins}: no pods left`;
    for (const side of sides) {
      for (const resource of resources) {
        if (quota.left[`${side}.${resource}`] === undefined) continue;
        const silent = silentContainer(pod, side, resource);
        if (silent !== undefined) return `${begins}: ${side}.${resource} of container ${quote(silent)} is missing`;
      }
    }
  }
  return undefined;
}

/** Whether a quota counts the pod, of one quality of service or the other. */
function counts({ scopes }: Quota, pod: Pod, bestEffort: boolean): boolean {
  return scopes.every((scope) => fulfils(pod, scope, bestEffort));
}

function fulfils({ spec }: Pod, scope: QuotaScope, bestEffort: boolean): boolean {
  const ends = typeof spec.activeDeadlineSeconds === 'number' && spec.activeDeadlineSeconds >= 0;
  switch (scope.name) {
    case 'Terminating':
      return ends;
    case 'NotTerminating':
      return !ends;
    case 'BestEffort':
      return bestEffort;
    case 'NotBestEffort':
      return !bestEffort;
    case 'PriorityClass':
      return hasPriority(textOf(spec.priorityClassName) ?? '', scope);
    case 'CrossNamespacePodAffinity':
      return ['podAffinity', 'podAntiAffinity'].some((field) => crosses(objectOf(spec.affinity)?.[field]));
    default:
      return false;
  }
}

function hasPriority(name: string, { operator, values }: QuotaScope): boolean {
  switch (operator) {
    case 'Exists':
      return name !== '';
    case 'DoesNotExist':
      return name === '';
    case 'In':
      return name !== '' && values.includes(name);
    case 'NotIn':
      return name === '' || !values.includes(name);
    default:
      return false;
  }
}

/** Whether an affinity has a term about pods of other namespaces. */
function crosses(affinity: Json | undefined): boolean {
  const all = objectOf(affinity);
  const required = objectsOf(all?.requiredDuringSchedulingIgnoredDuringExecution);
  const preferred = objectsOf(all?.preferredDuringSchedulingIgnoredDuringExecution).map(
    ({ podAffinityTerm }) => objectOf(podAffinityTerm) ?? {},
  );
  return [...required, ...preferred].some(
    ({ namespaces, namespaceSelector }) =>
      (listOf(namespaces) ?? []).length > 0 || objectOf(namespaceSelector) !== undefined,
  );
}
