import type { KubeObject } from './kube.ts';

/**
 * Whether a value of an answer is an object whose metadata has the types of `ObjectMeta`. Checked once, where answers
 * arrive, so that no later code meets a number in place of a text.
 */
export function isKubeObject(value: unknown): value is KubeObject {
  if (!isObject(value) || !isObject(value['metadata'])) return false;
  const { name, labels, annotations, ownerReferences, ...others } = value['metadata'];
  return (
    typeof name === 'string' &&
    textFields.every((field) => isTextOrAbsent(others[field])) &&
    (others['creationTimestamp'] === null || isTextOrAbsent(others['creationTimestamp'])) &&
    isTexts(labels) &&
    isTexts(annotations) &&
    (ownerReferences === undefined || (Array.isArray(ownerReferences) && ownerReferences.every(isOwner)))
  );
}

const textFields = ['namespace', 'uid', 'resourceVersion', 'generateName', 'deletionTimestamp'] as const;
const ownerFields = ['apiVersion', 'kind', 'name', 'uid'] as const;

function isOwner(value: unknown): boolean {
  return isObject(value) && ownerFields.every((field) => typeof value[field] === 'string');
}

function isTexts(value: unknown): boolean {
  return value === undefined || (isObject(value) && Object.values(value).every((text) => typeof text === 'string'));
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
