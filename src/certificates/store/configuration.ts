import type { KubeObject } from '../../kube/kube.ts';
import type { Configuration, ConfigurationKind, Entry } from '../plan/ca-bundle.ts';

/** What caBundle is written as, so that people see in `managedFields` who did it. */
export const fieldManager = 'metrics-sidecar-certificates';

const api = '/apis/admissionregistration.k8s.io/v1';

/** The collection that a kind is in. */
export const configurationPaths: Readonly<Record<ConfigurationKind, string>> = {
  MutatingWebhookConfiguration: `${api}/mutatingwebhookconfigurations`,
  ValidatingWebhookConfiguration: `${api}/validatingwebhookconfigurations`,
};

interface WebhookObject {
  readonly name: string;
  readonly clientConfig?: {
    readonly url?: string;
    readonly service?: { readonly name: string; readonly namespace: string };
    readonly caBundle?: string;
  };
}

interface ManagedFields {
  readonly manager?: string;
  readonly fieldsV1?: unknown;
}

/** What is kept of a configuration as the API server sends it. */
export function readConfiguration(kind: ConfigurationKind, object: KubeObject): Configuration {
  const { name, resourceVersion = '' } = object.metadata;
  const { generation = 0, managedFields = [] } = object.metadata as {
    generation?: number;
    managedFields?: readonly ManagedFields[];
  };
  const webhooks = (object['webhooks'] ?? []) as readonly WebhookObject[];
  const writers = managedFields
    .filter(({ fieldsV1 }) => JSON.stringify(fieldsV1 ?? {}).includes('"f:caBundle"'))
    .map(({ manager = 'somebody' }) => manager)
    .filter((manager) => manager !== fieldManager);
  return { kind, name, resourceVersion, generation, writers, entries: webhooks.map(entryOf) };
}

function entryOf({ name, clientConfig }: WebhookObject): Entry {
  const { service, url, caBundle = '' } = clientConfig ?? {};
  const host = service === undefined ? hostOf(url ?? '') : `${service.name}.${service.namespace}.svc`;
  return { name, host, bundle: Buffer.from(caBundle, 'base64').toString('utf8') };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : '';
}
