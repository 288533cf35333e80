import type { V1MutatingWebhook } from '@kubernetes/client-node';
import { label, prefix } from '../../contract/names.ts';
import type { KubeObject, ObjectMeta } from '../../kube/kube.ts';
import type { Context } from '../finding/check.ts';
import { error, type Read, unread } from '../finding/finding.ts';
import { list } from './reading.ts';

/** One entry of a webhook configuration; a validating one has the same fields but for `reinvocationPolicy`. */
export type WebhookEntry = Pick<V1MutatingWebhook, 'name' | 'clientConfig'> & Partial<V1MutatingWebhook>;

export interface Configuration {
  readonly kind: 'MutatingWebhookConfiguration' | 'ValidatingWebhookConfiguration';
  readonly metadata: ObjectMeta;
  readonly entries: readonly WebhookEntry[];
}

/** Names of the entries in the chart's configurations. */
const entryName = {
  pods: `pods.${prefix}`,
  namespaces: `namespaces.${prefix}`,
  required: `required-pods.${prefix}`,
} as const;

/** The registration of the installation with the API server. */
export interface Installation {
  readonly mutating: Configuration;
  /** The mutating configurations of further installations. */
  readonly more: readonly Configuration[];
  /** Further mutating configurations that call the same webhook: a change of their name leaves one for a while. */
  readonly former: readonly Configuration[];
  /** The configurations of this installation, mutating and validating. */
  readonly configurations: readonly Configuration[];
  /** The entry that is called for pods with the annotation. */
  readonly pods: WebhookEntry;
  /** The entry that is called for pods of namespaces with the label. */
  readonly namespaces: WebhookEntry | undefined;
  /** The entry that is called for annotated pods that may not run without their sidecar. */
  readonly required: WebhookEntry | undefined;
}

const api = '/apis/admissionregistration.k8s.io/v1';

async function read(context: Context, kind: Configuration['kind']): Promise<Read<Configuration[]>> {
  const path = `${api}/${kind.toLowerCase()}s`;
  const configurations = await list(context.kube, path, {
    keep: ({ metadata, webhooks }: KubeObject): Configuration => ({
      kind,
      metadata,
      entries: (webhooks ?? []) as readonly WebhookEntry[],
    }),
  });
  return configurations.ok ? configurations : { ok: false, problem: unread(configurations.problem, `list ${kind}s`) };
}

export function readMutating(context: Context): Promise<Read<Configuration[]>> {
  return read(context, 'MutatingWebhookConfiguration');
}

/**
 * Recognises our configuration by the chart's label, or by the names of its entries where somebody registered it by
 * hand.
 */
export function isOurs({ metadata, entries }: Configuration): boolean {
  return (
    metadata.labels?.[label.component] === label.ownComponent || entries.some(({ name }) => name.endsWith(`.${prefix}`))
  );
}

/**
 * The registration of our webhook; of several, the one that calls the release's namespace. No registration is a
 * finding.
 */
export async function readInstallation(context: Context): Promise<Read<Installation>> {
  const [mutating, validating] = await Promise.all([
    context.once(readMutating),
    read(context, 'ValidatingWebhookConfiguration'),
  ]);
  if (!mutating.ok) return mutating;
  const registrations = mutating.value.filter(isOurs);
  const first = registrations.find(({ entries }) => isCalledIn(entries, context.releaseNamespace)) ?? registrations[0];
  const rest = registrations.filter((one) => one !== first);
  const pods = first?.entries.find(({ name }) => name === entryName.pods) ?? first?.entries.find(isForPods);
  if (first === undefined) {
    const message =
      `no MutatingWebhookConfiguration is labelled ${label.component}=${label.ownComponent}: ` +
      'metrics-sidecar is not installed in this cluster; install the chart (check --pre looks for obstacles)';
    return { ok: false, problem: error(message) };
  }
  if (pods === undefined) {
    const message =
      `MutatingWebhookConfiguration ${first.metadata.name} has no entry ${entryName.pods}, so no pod ` +
      'is injected: upgrade or reinstall the chart';
    return { ok: false, problem: error(message) };
  }
  const namespace = pods.clientConfig.service?.namespace;
  const ours = (validating.ok ? validating.value : []).filter(
    (one) => isOurs(one) && (namespace === undefined || isCalledIn(one.entries, namespace)),
  );
  const isSame = ({ entries }: Configuration) => entries.some((entry) => serviceOf(entry) === serviceOf(pods));
  const [former, more] = [rest.filter(isSame), rest.filter((one) => !isSame(one))];
  const named = (entry: string) => first.entries.find(({ name }) => name === entry);
  const [namespaces, required] = [named(entryName.namespaces), named(entryName.required)];
  const configurations = [first, ...ours];
  return { ok: true, value: { mutating: first, more, former, configurations, pods, namespaces, required } };
}

/** The Service that an entry calls, or the URL. */
function serviceOf({ clientConfig: { service, url } }: WebhookEntry): string {
  return service === undefined ? (url ?? '') : `${service.namespace}/${service.name}`;
}

function isCalledIn(entries: readonly WebhookEntry[], namespace: string): boolean {
  return entries.some(({ clientConfig }) => clientConfig.service?.namespace === namespace);
}

/** Whether an entry is called for the creation of pods. */
export function isForPods({ rules = [] }: WebhookEntry): boolean {
  return rules.some(
    ({ resources = [], operations = [] }) =>
      resources.some((resource) => resource === 'pods' || resource === '*' || resource === '*/*') &&
      operations.some((operation) => operation === 'CREATE' || operation === '*'),
  );
}
