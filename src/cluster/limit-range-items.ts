import type { LimitRangeItem, Quantities } from '../inject/pod/namespace-facts.ts';
import { isList, isObject, type Json, type JsonObject, objectOf } from '../json/json.ts';

const quantityFields = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;

/**
 * The items of a LimitRange that concern pods. An item that does not have the shape of `core/v1` is left out: the API
 * server may then refuse a pod for its limits, which is better than a webhook that throws.
 */
export function limitRangeItems(limitRange: JsonObject): readonly LimitRangeItem[] {
  const limits = objectOf(limitRange.spec)?.limits;
  return isList(limits) ? limits.map(itemOf).filter((item) => item !== undefined) : [];
}

function itemOf(json: Json): LimitRangeItem | undefined {
  if (!isObject(json) || (json.type !== 'Container' && json.type !== 'Pod')) return undefined;
  const fields = quantityFields.flatMap((field) => (json[field] == null ? [] : [[field, json[field]] as const]));
  if (!fields.every(([, value]) => isQuantities(value))) return undefined;
  return { type: json.type, ...Object.fromEntries(fields) };
}

function isQuantities(value: Json): value is JsonObject & Quantities {
  return isObject(value) && Object.values(value).every((quantity) => typeof quantity === 'string');
}
