import jsonpatch, { type Operation as AnyOperation } from 'fast-json-patch';
import type { Outcome } from '../../src/inject/outcome/outcome.ts';
import type { Json, JsonObject } from '../../src/json/json.ts';

/** A pod of one container that asks for `inject`, with further annotations, spec fields and container fields. */
export function pod(
  inject: string | undefined,
  said: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
    readonly metadata?: JsonObject;
    readonly spec?: JsonObject;
    readonly container?: JsonObject;
  } = {},
): JsonObject {
  const annotations = { ...(inject !== undefined && { 'metrics-sidecar.io/inject': inject }), ...said.annotations };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'orders-1',
      ...(Object.keys(annotations).length > 0 && { annotations }),
      ...(said.labels && { labels: said.labels }),
      ...said.metadata,
    },
    spec: { containers: [{ name: 'app', image: 'example.test/orders:1', ...said.container }], ...said.spec },
  };
}

/**
 * The pod as the API server makes it of the patch; every operation is validated, and the pod given is not written to.
 */
export function patched(json: JsonObject, { patch }: Pick<Outcome, 'patch'>): JsonObject {
  return jsonpatch.applyPatch(structuredClone(json) as Json, structuredClone(patch) as AnyOperation[], true)
    .newDocument as JsonObject;
}

interface Container extends JsonObject {
  readonly name: string;
  readonly args: readonly string[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly resources: { readonly requests: Record<string, string>; readonly limits: Record<string, string> };
  readonly securityContext: JsonObject;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

/** A container of either list by its name. */
export function containerOf(json: JsonObject, name: string): Container | undefined {
  return [...containers(json, 'initContainers'), ...containers(json, 'containers')].find((one) => one.name === name);
}

export function containers(json: JsonObject, list: 'containers' | 'initContainers'): readonly Container[] {
  return ((json.spec as JsonObject)[list] ?? []) as unknown as readonly Container[];
}

export function volumes(json: JsonObject): readonly (JsonObject & { readonly name: string })[] {
  return ((json.spec as JsonObject).volumes ?? []) as unknown as readonly (JsonObject & { readonly name: string })[];
}

export function annotationsOf(json: JsonObject): Readonly<Record<string, string>> {
  return ((json.metadata as JsonObject).annotations ?? {}) as Readonly<Record<string, string>>;
}

export function statusOf(json: JsonObject): JsonObject {
  return JSON.parse(annotationsOf(json)['metrics-sidecar.io/status']!) as JsonObject;
}

export function codes({ reasons }: Pick<Outcome, 'reasons'>): readonly string[] {
  return reasons.map(({ code }) => code);
}
