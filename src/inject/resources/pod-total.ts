import { type JsonObject, objectOf, textOf } from '../../json/json.ts';
import type { Pod } from '../pod/pod.ts';
import { type Amount, amountOf } from './quantity.ts';
import { larger, type Resource, resources } from './resource-range.ts';

export type Side = 'requests' | 'limits';

/** The amount of one container, and how it counts in the pod's total: init containers run one after another. */
export interface ContainerAmount {
  readonly role: 'app' | 'native' | 'init';
  readonly amount: Amount;
}

/**
 * The total of a pod as the scheduler and LimitRanges count it: containers and native sidecars add up; an init
 * container counts with the native sidecars before it, and only where that is more. (Kubernetes, Pod resource sharing;
 * KEP-753)
 */
export function podTotal(inits: readonly ContainerAmount[], apps: readonly ContainerAmount[]): Amount {
  let natives = 0n;
  let start = 0n;
  for (const { role, amount } of inits) {
    if (role === 'native') natives += amount;
    start = larger(start, role === 'native' ? natives : natives + amount);
  }
  const running = apps.reduce((sum, { amount }) => sum + amount, natives);
  return larger(running, start);
}

/** The amounts of the pod's own containers; the request of a container that has a limit only is that limit. */
export function containerAmounts(
  { containers, initContainers }: Pod,
  side: Side,
  resource: Resource,
): { inits: ContainerAmount[]; apps: ContainerAmount[] } {
  return {
    inits: initContainers.map(({ json, native }) => ({
      role: native ? 'native' : 'init',
      amount: amountIn(json, side, resource) ?? 0n,
    })),
    apps: containers.map(({ json }) => ({ role: 'app', amount: amountIn(json, side, resource) ?? 0n })),
  };
}

/** The first container that says nothing of a resource. */
export function silentContainer(
  { containers, initContainers }: Pod,
  side: Side,
  resource: Resource,
): string | undefined {
  return [...containers, ...initContainers].find(({ json }) => amountIn(json, side, resource) === undefined)?.name;
}

/** The overhead that a RuntimeClass adds to the pod. */
export function overheadOf({ spec }: Pod, resource: Resource): Amount {
  return amountOf(quantityText(objectOf(spec.overhead)?.[resource])) ?? 0n;
}

/** The amount that the pod sets for itself as a whole (`spec.resources`, Kubernetes 1.34). */
export function podLevel({ spec }: Pod, side: Side, resource: Resource): Amount | undefined {
  return amountOf(quantityText(objectOf(objectOf(spec.resources)?.[side])?.[resource]));
}

/** Whether the pod sets resources for itself as a whole: its quality of service follows from those alone. */
export function isPodLevel({ spec }: Pod): boolean {
  return objectOf(spec.resources) !== undefined;
}

/** Whether every container has limits of CPU and memory, and requests that equal them. (Kubernetes, Pod QoS) */
export function isGuaranteed({ containers, initContainers, spec }: Pod): boolean {
  if (objectOf(spec.resources) !== undefined) return false;
  return [...containers, ...initContainers].every(({ json }) =>
    resources.every((resource) => {
      const limit = amountIn(json, 'limits', resource);
      return limit !== undefined && limit > 0n && amountIn(json, 'requests', resource) === limit;
    }),
  );
}

function amountIn(container: JsonObject, side: Side, resource: Resource): Amount | undefined {
  const own = objectOf(container.resources);
  const amount = amountOf(quantityText(objectOf(own?.[side])?.[resource]));
  return amount === undefined && side === 'requests' ? amountIn(container, 'limits', resource) : amount;
}

/** Manifests may write a quantity as a number: `cpu: 1`. */
function quantityText(value: JsonObject[string] | undefined): string {
  return typeof value === 'number' ? String(value) : (textOf(value) ?? '');
}
