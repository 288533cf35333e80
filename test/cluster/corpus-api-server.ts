import { managedAnnotation } from '../../src/contract/names.ts';
import { type JsonObject, objectOf, objectsOf, textOf, textsOf } from '../../src/json/json.ts';
import type { Kube } from '../../src/kube/kube.ts';

/** What the API server made of an object that it was to create, without creating it. */
export type Created =
  | { readonly ok: true; readonly object: JsonObject; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problem: string };

const resources: Readonly<Record<string, string>> = {
  'v1/Pod': 'pods',
  'v1/Service': 'services',
  'v1/ReplicationController': 'replicationcontrollers',
  'v1/PodTemplate': 'podtemplates',
  'apps/v1/Deployment': 'deployments',
  'apps/v1/StatefulSet': 'statefulsets',
  'apps/v1/DaemonSet': 'daemonsets',
  'apps/v1/ReplicaSet': 'replicasets',
  'batch/v1/Job': 'jobs',
  'batch/v1/CronJob': 'cronjobs',
};

/** Whether it is of a kind that this can create. */
export function isKnown({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): boolean {
  return `${apiVersion}/${kind}` in resources;
}

/** Creates an object as a dry run, in a namespace instead of its own. Unknown fields are dropped without a word. */
export async function created(kube: Kube, object: JsonObject, namespace: string): Promise<Created> {
  const { apiVersion, kind } = object as { readonly apiVersion: string; readonly kind: string };
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const path = `${root}/namespaces/${namespace}/${resources[`${apiVersion}/${kind}`]}`;
  const body = { ...object, metadata: { ...objectOf(object.metadata), namespace } };
  const query = { dryRun: 'All', fieldValidation: 'Ignore' };
  const result = await kube.request<JsonObject>({ method: 'POST', path, query, body });
  if (result.ok) return { ok: true, object: result.value, warnings: result.warnings };
  return { ok: false, problem: result.problem.message.slice(result.problem.message.indexOf(path) + path.length + 2) };
}

/**
 * An object without what the API server makes again each time, without the order in which admission plugins add to it
 * (the application's API token comes before the webhook's additions, or after those that were there already), and
 * without what our status says of fields that say nothing: the API server has dropped or filled those before it asks
 * the webhook.
 */
export function comparable(object: JsonObject): JsonObject {
  const { uid: _uid, creationTimestamp: _created, managedFields: _fields, ...metadata } = objectOf(object.metadata)!;
  const isGenerated = textOf(metadata.generateName) !== undefined;
  const annotations = comparableAnnotations(metadata);
  const rest = { ...object, metadata: { ...metadata, annotations, ...(isGenerated && { name: '' }) } };
  if (object.kind === 'Service') return { ...rest, spec: serviceSpec(objectOf(object.spec)!) };
  return object.kind === 'Pod' ? { ...rest, spec: podSpec(objectOf(object.spec)!) } : rest;
}

function comparableAnnotations(metadata: JsonObject): Record<string, string> {
  const annotations = Object.fromEntries(textsOf(metadata.annotations));
  const status = annotations[managedAnnotation.status];
  return status === undefined ? annotations : { ...annotations, [managedAnnotation.status]: comparableStatus(status) };
}

function comparableStatus(text: string): string {
  const status = JSON.parse(text) as JsonObject;
  const { empty: _empty, ...undo } = objectOf(status.undo) ?? {};
  const { undo: _undo, ...rest } = status;
  const route = objectOf(status.route);
  // A Service's target is its port, where none is said.
  const target = route !== undefined && { route: { targetPort: route.port!, ...route } };
  const all = { ...rest, ...target, ...(Object.keys(undo).length > 0 && { undo }) };
  return JSON.stringify(sorted(all));
}

function sorted(json: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(json)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, objectOf(value) === undefined ? value : sorted(objectOf(value)!)]),
  );
}

function serviceSpec({ clusterIP, clusterIPs: _addresses, ...spec }: JsonObject): JsonObject {
  const ports = objectsOf(spec.ports).map(({ nodePort: _port, ...port }) => port);
  return { ...spec, ports, clusterIP: clusterIP === 'None' ? 'None' : '' };
}

function podSpec(spec: JsonObject): JsonObject {
  const container = (one: JsonObject) => ({ ...one, volumeMounts: tokenLast(objectsOf(one.volumeMounts)) });
  return {
    ...spec,
    volumes: tokenLast(objectsOf(spec.volumes)),
    containers: objectsOf(spec.containers).map(container),
    initContainers: objectsOf(spec.initContainers).map(container),
  };
}

function tokenLast(entries: readonly JsonObject[]): JsonObject[] {
  return [
    ...entries.filter((one) => !isToken(one)),
    ...entries.filter(isToken).map((one) => ({ ...one, name: 'kube-api-access' })),
  ];
}

/** The application's API token is mounted under a name that is made again each time. */
function isToken({ name }: JsonObject): boolean {
  return /^kube-api-access-\w{5}$/.test(String(name));
}

/** An object to be created, of one that the API server made: without what it refuses to be told. */
export function anew(object: JsonObject): JsonObject {
  const { uid: _uid, creationTimestamp: _created, managedFields: _fields, ...metadata } = objectOf(object.metadata)!;
  if (object.kind !== 'Service') return { ...object, metadata };
  const { clusterIP, clusterIPs: _addresses, ...spec } = objectOf(object.spec)!;
  return { ...object, metadata, spec: { ...spec, ...(clusterIP === 'None' && { clusterIP }) } };
}

/** What the webhook could have changed of an object, and nothing else does: for "it was left as it is". */
export function outline(object: JsonObject): JsonObject {
  const metadata = objectOf(object.metadata) ?? {};
  const { 'kubernetes.io/limit-ranger': _limits, ...annotations } = comparableAnnotations(metadata);
  const spec = objectOf(object.spec) ?? {};
  const containers = [...objectsOf(spec.initContainers), ...objectsOf(spec.containers)].map((one) => ({
    name: one.name!,
    args: one.args ?? [],
    env: objectsOf(one.env).map(({ name }) => name!),
    mounts: objectsOf(one.volumeMounts)
      .filter((mount) => !isToken(mount))
      .map(({ name }) => name!),
  }));
  const targets = objectsOf(spec.ports).map(({ port, targetPort }) => targetPort ?? port!);
  const labels = Object.fromEntries(textsOf(metadata.labels));
  return { annotations, labels, containers, targets };
}
