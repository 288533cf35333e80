import { objectOf } from '../../json/json.ts';
import type { LimitRangeItem, Quantities } from '../pod/namespace-facts.ts';
import type { Pod, PodContainer } from '../pod/pod.ts';

/**
 * The pod with the defaults that the namespace's LimitRanges give its containers. The API server's own plugin (LimitRanger)
 * runs before any webhook, so a pod that comes from there has them; a pod in a file has not, and would else be taken for
 * one of another quality of service, and for a smaller one, than it is going to be.
 */
export function withDefaults(pod: Pod, limitRanges: readonly LimitRangeItem[]): Pod {
  const items = limitRanges.filter(({ type }) => type === 'Container');
  const limits = merged(items.map((item) => item.default));
  const requests = merged(items.map((item) => item.defaultRequest));
  if (limits === undefined && requests === undefined) return pod;
  const filled = (one: PodContainer): PodContainer => {
    const resources = objectOf(one.json.resources);
    const own = { limits: objectOf(resources?.limits), requests: objectOf(resources?.requests) };
    // A limit that stands alone is the request too: that is said before LimitRanges are asked.
    const whole = { limits: { ...limits, ...own.limits }, requests: { ...requests, ...own.limits, ...own.requests } };
    return { ...one, json: { ...one.json, resources: { ...resources, ...whole } } };
  };
  return { ...pod, containers: pod.containers.map(filled), initContainers: pod.initContainers.map(filled) };
}

/** Of several that say the same resource the first: what the first has given is there for the next. */
function merged(all: readonly (Quantities | undefined)[]): Quantities | undefined {
  const said = all.filter((one) => one !== undefined);
  return said.length === 0 ? undefined : Object.assign({}, ...said.toReversed());
}
