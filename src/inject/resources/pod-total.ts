import { type JsonObject, objectOf, textOf } from '../../json/json.ts';
import type { Pod } from '../pod/pod.ts';
import { type Amount, amountOf } from './quantity.ts';
import { larger, type Resource, resources } from './resource-range.ts';

export type Side = 'requests' | 'limits';

/** An amount that a container adds to its pod's, and how: init containers run one after another. */
export interface Share {
  readonly role: 'app' | 'native' | 'init';
  readonly amount: Amount;
}

/**
 * What a pod needs together, as the scheduler and LimitRanges count: containers and native sidecars add up; an init
 * container counts with the natives before it, and only where that is more. (Kubernetes, Pod resource sharing; KEP-753)
 */
export function together(inits: readonly Share[], apps: readonly Share[]): Amount {
  let natives = 0n;
  let start = 0n;
  for (const { role, amount } of inits) {
    if (role === 'native') natives += amount;
    start = larger(start, role === 'native' ? natives : natives + amount);
  }
  const running = apps.reduce((sum, { amount }) => sum + amount, natives);
  return larger(running, start);
}

/** The shares of the pod's own containers; a container that says a limit only requests as much. */
export function sharesOf(
  { containers, initContainers }: Pod,
  side: Side,
  resource: Resource,
): { inits: Share[]; apps: Share[] } {
  return {
    inits: initContainers.map(({ json, native }) => ({
      role: native ? 'native' : 'init',
      amount: said(json, side, resource) ?? 0n,
    })),
    apps: containers.map(({ json }) => ({ role: 'app', amount: said(json, side, resource) ?? 0n })),
  };
}

/** The overhead that a RuntimeClass adds to the pod. */
export function overheadOf({ spec }: Pod, resource: Resource): Amount {
  return amountOf(quantityText(objectOf(spec.overhead)?.[resource])) ?? 0n;
}

/** What the pod sets for itself as a whole (`spec.resources`, Kubernetes 1.34). */
export function podLevel({ spec }: Pod, side: Side, resource: Resource): Amount | undefined {
  return amountOf(quantityText(objectOf(objectOf(spec.resources)?.[side])?.[resource]));
}

/** Whether every container has limits of CPU and memory, and requests that equal them. (Kubernetes, Pod QoS) */
export function isGuaranteed({ containers, initContainers, spec }: Pod): boolean {
  if (objectOf(spec.resources) !== undefined) return false;
  return [...containers, ...initContainers].every(({ json }) =>
    resources.every((resource) => {
      const limit = said(json, 'limits', resource);
      return limit !== undefined && limit > 0n && said(json, 'requests', resource) === limit;
    }),
  );
}

function said(container: JsonObject, side: Side, resource: Resource): Amount | undefined {
  const own = objectOf(container.resources);
  const amount = amountOf(quantityText(objectOf(own?.[side])?.[resource]));
  return amount === undefined && side === 'requests' ? said(container, 'limits', resource) : amount;
}

/** Manifests may write a quantity as a number: `cpu: 1`. */
function quantityText(value: JsonObject[string] | undefined): string {
  return typeof value === 'number' ? String(value) : (textOf(value) ?? '');
}
