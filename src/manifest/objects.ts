import { isObject, type Json, type JsonObject, listOf, objectOf, textOf } from '../json/json.ts';
import { pointer } from '../json/operation.ts';
import { findTemplates, groupOf } from '../pod-templates/find-templates.ts';
import type { Path } from './path.ts';
import { type PodTemplatePath, templatesAt } from './pod-template-path.ts';
import type { ManifestDocument } from './read/manifest.ts';

/** A Kubernetes object of a document, alone or in a list. */
export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent where the object names none: `kubectl apply` then chooses it. */
  readonly namespace?: string;
  /** `metadata.name`, or `metadata.generateName` as it stands; empty where there is neither. */
  readonly name: string;
  /** The path of the object in the document: empty, or `['items', 3]`. */
  readonly path: Path;
  readonly value: JsonObject;
  /**
   * - pod: the object is a pod; `pods` has its own path.
   * - workload: one of Kubernetes' own, with a pod template.
   * - custom: a custom resource that has pod templates at paths of --pod-template-path.
   * - known: a custom resource of a known kind that no such path names, with pod templates.
   * - found: a custom resource of any other kind, with parts that look like pod templates.
   * - service: a Service of the core group.
   * - other: none of these.
   */
  readonly form: 'pod' | 'workload' | 'custom' | 'known' | 'found' | 'service' | 'other';
  /** Its pods and pod templates; each has `metadata` and `spec`. */
  readonly pods: readonly PodLocation[];
  /** Paths of --pod-template-path for this kind that lead to no pod template. */
  readonly missing: readonly PodTemplatePath[];
}

/** A pod, a pod template or a Service in a document. */
export interface PodLocation {
  readonly path: Path;
  /** The path as a JSON pointer: the prefix of an outcome's operations. */
  readonly pointer: string;
  readonly value: JsonObject;
}

/** Paths of pod templates in Kubernetes' own kinds, by group and kind. */
const workloads: ReadonlyMap<string, Path> = new Map<string, Path>([
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].flatMap((kind) =>
    ['apps', 'extensions'].map((group) => [`${group}/${kind}`, ['spec', 'template']] as const),
  ),
  ['batch/Job', ['spec', 'template']],
  ['batch/CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
  ['/ReplicationController', ['spec', 'template']],
  ['/PodTemplate', ['template']],
]);

/**
 * The objects of a document, with the locations of their pods. Lists (`List`, `PodList`, …) and a KRM `ResourceList`
 * stand for their items, also inside one another. A document that is no object, such as a values file, has none.
 */
export function objectsOf(
  document: ManifestDocument,
  podTemplatePaths: readonly PodTemplatePath[],
): readonly ManifestObject[] {
  return objectsIn(document.value, [], podTemplatePaths, {});
}

function objectsIn(
  json: Json,
  path: Path,
  paths: readonly PodTemplatePath[],
  outer: JsonObject,
): readonly ManifestObject[] {
  if (!isObject(json)) return [];
  const kind = textOf(json.kind) ?? textOf(outer.kind);
  if (kind === undefined || kind === '') return [];
  const apiVersion = textOf(json.apiVersion) ?? textOf(outer.apiVersion) ?? '';
  const items = kind.endsWith('List') ? listOf(json.items) : undefined;
  if (items === undefined) return [objectAt(json, { apiVersion, kind, path }, paths)];
  // Items of a PodList need not say that they are pods.
  const own = kind.slice(0, -'List'.length);
  const inner: JsonObject = own === '' || own === 'Resource' ? {} : { kind: own, apiVersion };
  return items.flatMap((item, i) => objectsIn(item, [...path, 'items', i], paths, inner));
}

type ObjectIdentity = Pick<ManifestObject, 'apiVersion' | 'kind' | 'path'>;

function objectAt(value: JsonObject, location: ObjectIdentity, paths: readonly PodTemplatePath[]): ManifestObject {
  const { apiVersion, kind, path } = location;
  const metadata = objectOf(value.metadata);
  const namespace = textOf(metadata?.namespace);
  const name = textOf(metadata?.name) ?? textOf(metadata?.generateName) ?? '';
  const group = groupOf(apiVersion);
  const common = { apiVersion, kind, name, path, value, missing: [], ...(namespace !== undefined && { namespace }) };
  if (group === '' && kind === 'Pod') return { ...common, form: 'pod', pods: [podAt(value, path, [])] };
  if (group === '' && kind === 'Service') return { ...common, form: 'service', pods: [] };
  const templatePath = workloads.get(`${group}/${kind}`);
  if (templatePath !== undefined) return { ...common, form: 'workload', pods: templates(value, path, [templatePath]) };
  const ofKind = paths.filter((one) => (one.kind ?? kind) === kind && (one.group ?? group) === group);
  const candidates = ofKind.map((one) => ({ one, at: templatesAt(value, one.steps) }));
  const pods = templates(
    value,
    path,
    candidates.flatMap(({ at }) => at),
  );
  const missing = candidates.filter(({ one, at }) => one.kind !== undefined && at.length === 0).map(({ one }) => one);
  if (pods.length > 0) return { ...common, missing, form: 'custom', pods };
  const { paths: found, isKnown } = findTemplates(value, group, kind);
  const form = found.length === 0 ? 'other' : isKnown ? 'known' : 'found';
  return { ...common, missing, form, pods: templates(value, path, found) };
}

/** The pod templates at some paths of an object, without duplicates. */
function templates(value: JsonObject, path: Path, at: readonly Path[]): readonly PodLocation[] {
  const distinct = new Map(at.map((inner) => [pointer(...inner), inner]));
  return [...distinct.values()].flatMap((inner) => {
    let template: Json | undefined = value;
    for (const part of inner) template = valueAt(template, part);
    return isObject(template) ? [podAt(template, path, inner)] : [];
  });
}

function valueAt(json: Json | undefined, part: string | number): Json | undefined {
  return typeof part === 'number' ? listOf(json)?.[part] : objectOf(json)?.[part];
}

function podAt(value: JsonObject, path: Path, inner: Path): PodLocation {
  const whole = [...path, ...inner];
  return { path: whole, pointer: pointer(...whole), value };
}
