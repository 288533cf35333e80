import type { Quota, QuotaResource, QuotaScope } from '../inject/pod/namespace-facts.ts';
import { amountOf } from '../inject/resources/quantity.ts';
import { isObject, type Json, type JsonObject, listOf, objectOf, textOf } from '../json/json.ts';

/** The resources of a quota that an injection can change, or that begin to count with it. */
const counted: ReadonlyMap<string, QuotaResource> = new Map([
  ['cpu', 'requests.cpu'],
  ['requests.cpu', 'requests.cpu'],
  ['memory', 'requests.memory'],
  ['requests.memory', 'requests.memory'],
  ['limits.cpu', 'limits.cpu'],
  ['limits.memory', 'limits.memory'],
  ['pods', 'pods'],
  ['count/pods', 'pods'],
]);

/**
 * A ResourceQuota as the engine reads it. A part that does not have the shape of `core/v1` is left out: the API server
 * may then refuse a pod for it, which is better than a webhook that throws. The API server compares with the status; a
 * quota of a manifest has none, and nothing of it is used yet.
 */
export function quotaFacts(quota: JsonObject): Quota {
  const spec = objectOf(quota.spec) ?? {};
  const status = objectOf(quota.status) ?? {};
  const hard = objectOf(status.hard) ?? objectOf(spec.hard) ?? {};
  const used = objectOf(status.used) ?? {};
  const left: Partial<Record<QuotaResource, bigint>> = {};
  for (const [name, text] of Object.entries(hard)) {
    const resource = counted.get(name);
    const most = amountOf(quantityText(text));
    if (resource === undefined || most === undefined) continue;
    const amount = most - (amountOf(quantityText(used[name])) ?? 0n);
    const other = left[resource];
    if (other === undefined || amount < other) left[resource] = amount;
  }
  const scopes = [
    ...(listOf(spec.scopes) ?? []).map((scope): Json => ({ scopeName: scope, operator: 'Exists' })),
    ...(listOf(objectOf(spec.scopeSelector)?.matchExpressions) ?? []),
  ].map(scopeOf);
  return { name: textOf(objectOf(quota.metadata)?.name) ?? '', scopes, left };
}

/** A condition that cannot be read has no name: no pod fulfils it. */
function scopeOf(json: Json): QuotaScope {
  const { scopeName, operator, values } = isObject(json) ? json : {};
  return {
    name: textOf(scopeName) ?? '',
    operator: textOf(operator) ?? '',
    values: (listOf(values) ?? []).filter((value) => typeof value === 'string'),
  };
}

/** Manifests may write a quantity as a number: `pods: 10`. */
function quantityText(value: Json | undefined): string {
  return typeof value === 'number' ? String(value) : (textOf(value) ?? '');
}
