/**
 * Records what the real injectors of Istio and Linkerd make of the pods of test/golden/mesh/pods.yaml, before and after
 * ours: `node test/mesh/record.ts ISTIO_RENDER CONFIG VALUES MESH LINKERD_RENDER`. CONTRIBUTING.md says how the two
 * programs are built. What a pod has of the mesh is kept as far as ours depends on it.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { injectPod } from '../../src/inject/inject.ts';
import { type Json, type JsonObject, objectOf, objectsOf, textOf } from '../../src/json/json.ts';
import type { Operation } from '../../src/json/operation.ts';
import { facts, settings } from '../inject/cluster.ts';
import { patched } from '../inject/pods.ts';
import { folder, type MeshName, pods } from './recorded.ts';

const [istio = '', config = '', values = '', mesh = '', linkerd = ''] = process.argv.slice(2);

type Program = (given: readonly JsonObject[]) => readonly JsonObject[];

/** Runs a program with one pod in each line; it writes one line of JSON for each. */
function lines(command: string, args: readonly string[], given: readonly JsonObject[], env: object): readonly Json[] {
  const input = given.map((pod) => JSON.stringify(pod)).join('\n');
  const out = execFileSync(command, args, { input, env: { ...process.env, ...env }, maxBuffer: 1 << 28 }).toString();
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Json);
}

const istioWith =
  (native: boolean): Program =>
  (given) =>
    lines(istio, [config, values, mesh], given, { ENABLE_NATIVE_SIDECARS: String(native) }).map(
      (pod) => pod as JsonObject,
    );

const programs: Readonly<Record<MeshName, Program>> = {
  istio: istioWith(true),
  'istio-classic': istioWith(false),
  linkerd: (given) =>
    lines(linkerd, [], given, {}).map((patch, i) =>
      patch === null ? given[i]! : patched(given[i]!, { patch: patch as unknown as Operation[] }),
    ),
};

const isOfMesh = (name: string) => /^(istio|linkerd)-/.test(name);

/** A container of the mesh without what no test reads; the others are whole. */
function kept(container: JsonObject): JsonObject {
  if (!isOfMesh(textOf(container.name) ?? '')) return container;
  const { name = '', restartPolicy, args, ports, env } = container;
  const merged = objectsOf(env).filter(({ name: one }) => one === 'ISTIO_PROMETHEUS_ANNOTATIONS');
  const all = { name, image: 'mesh:1', restartPolicy, ports, args, ...(merged.length > 0 && { env: merged }) };
  return JSON.parse(JSON.stringify(all)) as JsonObject;
}

function trimmed(pod: JsonObject): JsonObject {
  const spec = objectOf(pod.spec)!;
  const volumes = objectsOf(spec.volumes).filter(({ name }) => /^metrics-sidecar/.test(textOf(name) ?? ''));
  const { status: _, ...rest } = pod;
  return {
    ...rest,
    spec: {
      ...spec,
      ...(volumes.length > 0 ? { volumes } : { volumes: [] }),
      ...(spec.initContainers !== undefined && { initContainers: objectsOf(spec.initContainers).map(kept) }),
      containers: objectsOf(spec.containers).map(kept),
    },
  };
}

const given = [...pods()];
const ours = (pod: JsonObject) => patched(pod, injectPod({ pod, facts: facts(), settings: settings() }));
for (const [name, program] of Object.entries(programs)) {
  const first = program(given.map(([, pod]) => pod)).map(trimmed);
  const behind = program(given.map(([, pod]) => ours(pod))).map(trimmed);
  const all = given.map(
    ([pod], i) => `${JSON.stringify(pod)}: ${JSON.stringify({ first: first[i]!, behind: behind[i]! })}`,
  );
  writeFileSync(join(folder, `${name}.json`), `{\n${all.join(',\n')}\n}\n`);
}
