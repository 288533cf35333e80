import { objectOf } from '../../json/json.ts';
import type { LimitRangeItem, Quantities } from '../pod/namespace-facts.ts';
import type { Pod, PodContainer } from '../pod/pod.ts';

/**
 * The pod with the defaults that the namespace's LimitRanges give its containers. The API server's own plugin
 * (LimitRanger) runs before any webhook, so a pod of an admission request has them. A pod in a file has not: without
 * them it would be judged by another quality of service and a smaller total than it will have.
 */
export function withDefaults(pod: Pod, limitRanges: readonly LimitRangeItem[]): Pod {
  const items = limitRanges.filter(({ type }) => type === 'Container');
  const limits = merged(items.map((item) => item.default));
  const requests = merged(items.map((item) => item.defaultRequest));
  if (limits === undefined && requests === undefined) return pod;
  const withResources = (one: PodContainer): PodContainer => {
    const resources = objectOf(one.json.resources);
    const own = { limits: objectOf(resources?.limits), requests: objectOf(resources?.requests) };
    // The API server's defaulting copies a limit to the request before LimitRanger runs.
    const whole = { limits: { ...limits, ...own.limits }, requests: { ...requests, ...own.limits, ...own.requests } };
    return { ...one, json: { ...one.json, resources: { ...resources, ...whole } } };
  };
  return {
    ...pod,
    containers: pod.containers.map(withResources),
    initContainers: pod.initContainers.map(withResources),
  };
}

/** The first LimitRange that sets a resource wins: LimitRanger finds the value set when it comes to the next. */
function merged(all: readonly (Quantities | undefined)[]): Quantities | undefined {
  const present = all.filter((one) => one !== undefined);
  return present.length === 0 ? undefined : Object.assign({}, ...present.toReversed());
}
