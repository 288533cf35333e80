import { rotateAnnotation } from '../../contract/names.ts';
import { type Kube, type KubeObject, type KubeResult, patchType } from '../../kube/kube.ts';
import { isKubeObject } from '../../kube/object.ts';
import { type Configuration, configurationKinds, type ReleaseMarks } from '../plan/ca-bundle.ts';
import type { CertificateState } from '../plan/certificate-state.ts';
import type { BundleWrite } from '../plan/rotation-plan.ts';
import { configurationPaths, fieldManager, readConfiguration } from './configuration.ts';
import { readState, type SecretContents, type SecretData, writeState } from './secret-state.ts';

export interface StoredSecret extends SecretContents {
  readonly rotate: boolean;
}

/** The requests about one Secret and the two configurations of one name. */
export interface Store {
  readonly readConfigurations: () => Promise<KubeResult<readonly Configuration[]>>;
  /** Reads the object, which its next write starts from. */
  readonly readSecret: () => Promise<KubeResult<KubeObject | undefined>>;
  /** With the marks of a Helm release: Helm 4 deletes with the release only objects that wear them. */
  readonly createSecret: (release?: ReleaseMarks) => Promise<KubeResult<unknown>>;
  readonly writeSecret: (from: KubeObject, state: CertificateState, rotate: boolean) => Promise<KubeResult<unknown>>;
  readonly writeBundles: (write: BundleWrite) => Promise<KubeResult<unknown>>;
}

/** The kept part of the Secret of the API server. */
export function readSecretObject(object: KubeObject): StoredSecret {
  const rotate = object.metadata.annotations?.[rotateAnnotation] !== undefined;
  return { ...readState(object['data'] as SecretData | undefined), rotate };
}

export function secretsPath(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
}

export function createStore(kube: Kube, secret: { namespace: string; name: string }, configuration: string): Store {
  const secretPath = `${secretsPath(secret.namespace)}/${encodeURIComponent(secret.name)}`;
  const query = { fieldManager };
  return {
    readConfigurations: async () => {
      const configurations: Configuration[] = [];
      for (const kind of configurationKinds) {
        const path = `${configurationPaths[kind]}/${encodeURIComponent(configuration)}`;
        const result = await readOne(kube, path);
        if (!result.ok) return result;
        if (result.value !== undefined) configurations.push(readConfiguration(kind, result.value));
      }
      return { ok: true, value: configurations, warnings: [] };
    },
    readSecret: () => readOne(kube, secretPath),
    // Server-side apply, because `create` by POST cannot be allowed for one name alone (the name is in the body), while
    // an apply that creates is authorised as `create` of that name (Kubernetes 1.35). It owns no field but the
    // marks of the release, which no upgrade changes, so that the chart may set any other.
    createSecret: (release) => {
      const body = { apiVersion: 'v1', kind: 'Secret', metadata: { ...secret, ...release } };
      return kube.request({ method: 'PATCH', path: secretPath, query, contentType: patchType.apply, body });
    },
    writeSecret: (from, state, rotate) => {
      const { [rotateAnnotation]: rotation, ...others } = from.metadata.annotations ?? {};
      const annotations = rotate && rotation !== undefined ? { ...others, [rotateAnnotation]: rotation } : others;
      const data = writeState(state, from['data'] as SecretData | undefined);
      const body = { apiVersion: 'v1', kind: 'Secret', ...from, metadata: { ...from.metadata, annotations }, data };
      return kube.request({ method: 'PUT', path: secretPath, query, body });
    },
    writeBundles: ({ configuration: { kind, name, resourceVersion }, bundles }) => {
      const path = `${configurationPaths[kind]}/${encodeURIComponent(name)}`;
      return kube.request({
        method: 'PATCH',
        path,
        query,
        contentType: patchType.json,
        body: bundlePatch(resourceVersion, bundles),
      });
    },
  };
}

/**
 * JSON Patch and not server-side apply: apply owns the entry of the list, so that a later `helm upgrade` (Helm 4, which
 * applies too) without that entry leaves `{name, caBundle}` behind and is refused as invalid (measured, Kubernetes
 * 1.35). A patch owns `caBundle` alone, and the entry goes when the chart drops it. The resourceVersion makes the API
 * server answer 409 where the configuration has changed since: indexes hold for that version only.
 */
function bundlePatch(resourceVersion: string, bundles: BundleWrite['bundles']): readonly object[] {
  return [
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
    ...bundles.flatMap((bundle, index) => {
      if (bundle === undefined) return [];
      const value = Buffer.from(bundle).toString('base64');
      return [{ op: 'add', path: `/webhooks/${index}/clientConfig/caBundle`, value }];
    }),
  ];
}

async function readOne(kube: Kube, path: string): Promise<KubeResult<KubeObject | undefined>> {
  const result = await kube.request<KubeObject>({ method: 'GET', path });
  if (!result.ok && result.problem.code === 'not_found') return { ok: true, value: undefined, warnings: [] };
  if (!result.ok || isKubeObject(result.value)) return result;
  return { ok: false, problem: { code: 'server', status: 200, message: `GET ${path}: 200: not an object` } };
}
