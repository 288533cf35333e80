import { isList, isObject, type Json, type JsonObject, listOf } from '../json/json.ts';
import { describesOthers, knownKind, type TemplateSteps } from './known-kinds.ts';

/** The keys and indexes from an object to a pod template in it. */
export type TemplatePath = readonly (string | number)[];

export interface FoundTemplates {
  /** In the order of the object; at most `mostTemplates`. */
  readonly paths: readonly TemplatePath[];
  /** Whether the kind is in the table, so that all its templates are meant. */
  readonly isKnown: boolean;
}

/** Bounds of the search in objects of kinds that nobody has described. */
const deepest = 10;
const mostValues = 5_000;
/** No kind of the table has more; a review judges each of them. */
const mostTemplates = 16;

/**
 * The pod templates of a custom resource: those at the paths of its kind, or everything in it that looks like one.
 * Kinds of Kubernetes itself and objects that describe others have none.
 */
export function findTemplates(object: JsonObject, group: string, kind: string): FoundTemplates {
  const known = knownKind(group, kind);
  if (known !== undefined) {
    const all = known.templates.flatMap((steps) => atSteps(object, steps, []));
    return { paths: all.slice(0, mostTemplates), isKnown: true };
  }
  if (!group.includes('.') || describesOthers(group, kind)) return { paths: [], isKnown: false };
  return { paths: searched(object), isKnown: false };
}

/** A template that makes a pod has a `spec`; a Rollout with a `workloadRef` has no template. */
function atSteps(value: Json | undefined, steps: TemplateSteps, path: TemplatePath): readonly TemplatePath[] {
  const [step, ...rest] = steps;
  if (step === undefined) return isObject(value) && isObject(value.spec) ? [path] : [];
  if (step === '*') return childrenOf(value).flatMap(([key, child]) => atSteps(child, rest, [...path, key]));
  return isObject(value) && Object.hasOwn(value, step) ? atSteps(value[step], rest, [...path, step]) : [];
}

/** Breadth first, so that the bound on values cuts the deepest ones. */
function searched(object: JsonObject): readonly TemplatePath[] {
  const found: TemplatePath[] = [];
  const queue: { readonly value: Json; readonly path: TemplatePath }[] = [{ value: object, path: [] }];
  for (let at = 0; at < queue.length && found.length < mostTemplates; at++) {
    const { value, path } = queue[at]!;
    if (path.length > 0 && isTemplate(value)) {
      found.push(path);
      continue;
    }
    if (path.length === deepest) continue;
    for (const [key, child] of childrenOf(value)) {
      if (queue.length >= mostValues) break;
      if (isObject(child) || isList(child)) queue.push({ value: child, path: [...path, key] });
    }
  }
  return found;
}

function isTemplate(value: Json): boolean {
  if (!isObject(value) || !isObject(value.metadata) || !isObject(value.spec)) return false;
  const containers = listOf(value.spec.containers) ?? [];
  return containers.length > 0 && containers.every(isObject);
}

function childrenOf(value: Json | undefined): readonly (readonly [string | number, Json])[] {
  if (isList(value)) return value.map((child, i) => [i, child] as const);
  return isObject(value) ? Object.entries(value) : [];
}

/** A template as its controller completes it: Knative names the containers that have no name. */
export function completedTemplate(template: JsonObject, group: string): JsonObject {
  const { spec } = template;
  if (group !== 'serving.knative.dev' || !isObject(spec) || !isList(spec.containers)) return template;
  const isAlone = spec.containers.length === 1;
  const containers = spec.containers.map((container, i) =>
    isObject(container) && (container.name === undefined || container.name === '')
      ? { ...container, name: isAlone ? 'user-container' : `user-container-${i}` }
      : container,
  );
  return { ...template, spec: { ...spec, containers } };
}

/** The group of an `apiVersion`; empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}
