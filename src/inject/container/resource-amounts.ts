import { type JsonObject, objectOf } from '../../json/json.ts';
import type { LimitRangeItem } from '../pod/namespace-facts.ts';
import type { Side } from '../resources/pod-total.ts';
import { type Amount, amountOf } from '../resources/quantity.ts';
import type { Resource } from '../resources/resource-range.ts';

export type Amounts = Readonly<Record<Side, Amount | undefined>>;

/** As the API server completes them: a limit alone is the request too, and LimitRanges give the rest. */
export function amountsOf(container: JsonObject, resource: Resource, limitRanges: readonly LimitRangeItem[]): Amounts {
  const own = objectOf(container.resources);
  const given = (side: Side) => {
    const amounts = objectOf(own?.[side]) ?? {};
    const held = amounts[resource];
    return held === undefined ? undefined : held === null ? 0n : amountOf(String(held).trim());
  };
  const ofRange = (field: 'default' | 'defaultRequest') => {
    const item = limitRanges.find((one) => one.type === 'Container' && one[field]?.[resource] !== undefined);
    return amountOf(item?.[field]?.[resource] ?? '');
  };
  const limits = given('limits');
  return {
    requests: given('requests') ?? limits ?? ofRange('defaultRequest'),
    limits: limits ?? ofRange('default'),
  };
}
