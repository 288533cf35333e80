import jsonPatch, { type Operation } from 'fast-json-patch';
import { container, prefix } from '../../src/contract/names.ts';
import { injectPod } from '../../src/inject/inject.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { facts, settings } from '../inject/cluster.ts';
import { dryRun } from './chart.ts';
import { eventually } from './eventually.ts';
import { apply, must, type Pod, pods } from './kubectl.ts';
import { podOf, shapes } from './shapes.ts';

/** Here the webhook has injected the pods, with the setting `discovery: annotations`. */
export const annotated = 'discovery';
/** Here the engine has, with `discovery: none`: the pods come to the API server with their sidecars. */
export const bare = 'discovery-none';

/** Creates every shape in both namespaces, and comes back when each is as it will stay: ready, or finished. */
export async function createShapes(): Promise<void> {
  await removeShapes('--wait=true');
  await apply([annotated, bare].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })));
  const written = Object.entries(shapes).map(([name, shape]) => podOf(name, shape));
  await Promise.all([create(annotated, written), create(bare, written.map(await withoutAnnotations()))]);
  await Promise.all([annotated, bare].map((namespace) => eventually(() => settled(namespace), 180)));
}

export async function removeShapes(...flags: string[]): Promise<void> {
  await must(['delete', 'namespace', annotated, bare, '--ignore-not-found', ...flags]);
}

async function create(namespace: string, list: readonly JsonObject[]): Promise<void> {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
  // The controller that makes it may be slower than we are.
  await apply([account]);
  await must(['create', '-n', namespace, '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: list }));
}

interface Sidecar {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy: string;
}

/**
 * Injects as the webhook would with the setting `discovery: none`, the image that it gives to its sidecars included.
 */
async function withoutAnnotations(): Promise<(pod: JsonObject) => JsonObject> {
  const { spec } = JSON.parse((await dryRun()).out) as { spec: { initContainers: Sidecar[] } };
  const sidecar = spec.initContainers.find(({ name }) => name === container.sidecar)!;
  const image = { image: sidecar.image, 'image-pull-policy': sidecar.imagePullPolicy };
  const defaults = Object.entries(image).map(([setting, value]) => [`${prefix}/${setting}`, value] as const);
  const none = settings({ discovery: 'none', defaults: Object.fromEntries(defaults) });
  return (pod) => {
    const { decision, patch } = injectPod({ pod, facts: facts(), settings: none });
    if (decision === 'invalid' || decision === 'denied')
      throw new Error(`${JSON.stringify(pod.metadata)}: ${decision}`);
    return jsonPatch.applyPatch(structuredClone(pod), patch as Operation[]).newDocument;
  };
}

async function settled(namespace: string): Promise<void> {
  const waiting = (await pods(namespace, 'app')).filter((pod) => !isSettled(pod));
  if (waiting.length > 0) throw new Error(`${namespace}: ${waiting.map(({ metadata }) => metadata.name)} not ready`);
}

function isSettled({ metadata, status }: Pod): boolean {
  if (shapes[metadata.name]?.ends) return status.phase === 'Succeeded';
  const containers = status.containerStatuses ?? [];
  return status.phase === 'Running' && containers.length > 0 && containers.every(({ ready }) => ready);
}
