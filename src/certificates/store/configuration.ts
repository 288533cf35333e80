import type { KubeObject } from '../../kube/kube.ts';
import type { Configuration, ConfigurationKind, WebhookEntry } from '../plan/ca-bundle.ts';

/** The field manager of our writes of caBundle, which `managedFields` show. */
export const fieldManager = 'metrics-sidecar-certificates';

const api = '/apis/admissionregistration.k8s.io/v1';

/** The API path of each kind. */
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

/** The kept part of a configuration of the API server. */
export function readConfiguration(kind: ConfigurationKind, object: KubeObject): Configuration {
  const { name, resourceVersion = '', labels = {}, annotations = {} } = object.metadata;
  const { generation = 0, managedFields = [] } = object.metadata as {
    generation?: number;
    managedFields?: readonly ManagedFields[];
  };
  const webhooks = (object['webhooks'] ?? []) as readonly WebhookObject[];
  const writers = managedFields
    .filter(({ fieldsV1 }) => JSON.stringify(fieldsV1 ?? {}).includes('"f:caBundle"'))
    .map(({ manager = 'somebody' }) => manager)
    .filter((manager) => manager !== fieldManager);
  const release = { labels: only(labels, releaseLabels), annotations: only(annotations, releaseAnnotations) };
  return { kind, name, resourceVersion, generation, writers, entries: webhooks.map(entryOf), release };
}

/** By these marks Helm knows the objects of a release (Helm 4, `pkg/action/validate.go`). No upgrade changes them. */
const releaseLabels = ['app.kubernetes.io/managed-by', 'app.kubernetes.io/instance'];
const releaseAnnotations = ['meta.helm.sh/release-name', 'meta.helm.sh/release-namespace'];

function only(texts: Readonly<Record<string, string>>, keys: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(keys.flatMap((key) => (texts[key] === undefined ? [] : [[key, texts[key]]])));
}

function entryOf({ name, clientConfig }: WebhookObject): WebhookEntry {
  const { service, url, caBundle = '' } = clientConfig ?? {};
  const host = service === undefined ? hostOf(url ?? '') : `${service.name}.${service.namespace}.svc`;
  return { name, host, bundle: Buffer.from(caBundle, 'base64').toString('utf8') };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : '';
}
