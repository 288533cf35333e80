import type { Reason } from '../../inject/outcome/outcome.ts';
import { reason, shownKey } from '../../inject/outcome/reason-text.ts';
import { isOurs } from '../../inject/request/request.ts';
import { meantDomain } from '../../inject/request/workload.ts';
import { isList, isObject, type Json, type JsonObject } from '../../json/json.ts';
import type { ManifestObject, PodLocation } from '../../manifest/objects.ts';
import { groupOf } from '../../pod-templates/find-templates.ts';
import { describesOthers, passesAnnotationsOn } from '../../pod-templates/known-kinds.ts';

/** Bounds of the search in one object. */
const deepest = 10;
const mostValues = 5_000;
const mostReasons = 10;

/**
 * Annotations of ours in a custom resource at a place that is no pod template: `spec.podAnnotations` of an operator, or
 * a template of another form. The pods may have them or not, and only the webhook sees which.
 */
export function unreadKeys(
  object: ManifestObject,
  evaluations: readonly { readonly location: PodLocation }[],
): readonly Reason[] {
  const group = groupOf(object.apiVersion);
  if (!['other', 'known', 'found', 'custom'].includes(object.form) || !group.includes('.')) return [];
  if (describesOthers(group, object.kind) || passesAnnotationsOn(group, object.kind)) return [];
  const read = new Set<Json>([object.value.metadata ?? null, ...evaluations.map(({ location }) => location.value)]);
  read.delete(null);
  const reasons: Reason[] = [];
  const queue: { readonly value: Json; readonly path: string; readonly depth: number }[] = [
    { value: object.value, path: '', depth: 0 },
  ];
  for (let at = 0; at < queue.length && reasons.length < mostReasons; at++) {
    const { value, path, depth } = queue[at]!;
    if (read.has(value)) continue;
    const key = /annotations$/i.test(path) && isObject(value) ? firstOfOurs(value) : undefined;
    if (key !== undefined) reasons.push(reason('template_unread', `${path} ${shownKey(key)}`));
    if (key !== undefined || depth === deepest) continue;
    for (const [step, child] of childrenOf(value)) {
      if (queue.length >= mostValues) break;
      if (!isObject(child) && !isList(child)) continue;
      const next = typeof step === 'number' ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`;
      queue.push({ value: child, path: next, depth: depth + 1 });
    }
  }
  return reasons;
}

function firstOfOurs(annotations: JsonObject): string | undefined {
  return Object.keys(annotations).find((key) => isOurs(key) || meantDomain(key) !== undefined);
}

function childrenOf(value: Json): readonly (readonly [string | number, Json])[] {
  if (isList(value)) return value.map((child, i) => [i, child] as const);
  return isObject(value) ? Object.entries(value) : [];
}
