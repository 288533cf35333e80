import { quote } from '../../flags/codec.ts';
import type { JsonObject } from '../../json/json.ts';
import { withDefaults } from '../resources/limit-range.ts';
import {
  type ContainerAmount,
  containerAmounts,
  overheadOf,
  podLevel,
  podTotal,
  type Side,
} from '../resources/pod-total.ts';
import { quantityOf } from '../resources/quantity.ts';
import { countingQuotas } from '../resources/quota-scope.ts';
import { type Resource, resources } from '../resources/resource-range.ts';
import type { Place } from './place.ts';
import { amountsOf } from './resource-amounts.ts';
import type { Report } from './shape.ts';

/**
 * Other resources than those before have to fit what the namespace's quotas leave: those before were fitted to that. A
 * quota takes no pod with a container that says nothing of what it counts.
 */
export function checkQuotas(container: JsonObject, place: Place, report: Report): void {
  const { pod, quotas, limitRanges, before } = place;
  if (quotas.length === 0) return;
  const counting = countingQuotas(pod, quotas);
  for (const resource of resources) {
    const [now, fitted] = [container, before].map((one) => amountsOf(one, resource, limitRanges));
    for (const side of ['requests', 'limits'] as const) {
      if (now![side] === fitted![side] || podLevel(pod, side, resource) !== undefined) continue;
      const path = `/resources/${side}/${resource}`;
      const total = totalWith(container, place, side, resource);
      for (const { quota } of counting) {
        const left = quota.left[`${side}.${resource}`];
        if (left === undefined) continue;
        if (now![side] === undefined) report(path, `the quota ${quote(quota.name)} asks for one`);
        else if (total > left)
          report(
            path,
            `the quota ${quote(quota.name)} has ${quantityOf(left < 0n ? 0n : left, resource)} left for the pod`,
          );
      }
    }
  }
}

function totalWith(container: JsonObject, place: Place, side: Side, resource: Resource): bigint {
  const { limitRanges, inits, others } = place;
  const pod = withDefaults(place.pod, limitRanges);
  const native = container.restartPolicy === 'Always';
  const amount = (role: ContainerAmount['role']) => (one: JsonObject) => ({
    role,
    amount: amountsOf(one, resource, limitRanges)[side] ?? 0n,
  });
  const ours = [container, ...others].map(amount(native ? 'native' : 'app'));
  const first = inits.map(amount('init'));
  const theirs = containerAmounts(pod, side, resource);
  const sum = native
    ? podTotal([...first, ...ours, ...theirs.inits], theirs.apps)
    : podTotal([...first, ...theirs.inits], [...theirs.apps, ...ours]);
  return sum + overheadOf(pod, resource);
}
