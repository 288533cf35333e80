import type { V1PodSpec, V1PodStatus, V1ServiceSpec } from '@kubernetes/client-node';
import { type WebhookSettings, webhookFlags } from '../../contract/webhook.ts';
import { defaults } from '../../flags/flag.ts';
import { parseFlags } from '../../flags/parse-flags.ts';
import type { KubeObject, ObjectMeta } from '../../kube/kube.ts';
import type { Context } from '../finding/check.ts';
import { error, type Read, skipped, unread } from '../finding/finding.ts';
import { readInstallation } from './installation.ts';
import { selectorText } from './label-selector.ts';
import { get, list } from './reading.ts';

export interface Service {
  readonly metadata: ObjectMeta;
  readonly spec: V1ServiceSpec;
}

/** The Service that the API server calls, its port, and the name that the certificate has to carry. */
export interface CalledService {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  readonly dnsName: string;
  readonly service: Service;
}

/** The part of a replica of the webhook that is read. */
export interface WebhookPod {
  readonly name: string;
  readonly namespace: string;
  readonly ready: boolean;
  /** The phase, and why the pod is not ready. */
  readonly state: string;
  readonly created: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  readonly settings: WebhookSettings;
  readonly serviceAccount: string;
  /** The Secret that is mounted where the serving certificate is read from. */
  readonly mountedSecret: string | undefined;
}

export async function readCalledService(context: Context): Promise<Read<CalledService>> {
  const installed = await context.once(readInstallation);
  if (!installed.ok) return installed;
  const { clientConfig } = installed.value.pods;
  if (clientConfig.service === undefined) {
    const message =
      `the API server calls the webhook at ${clientConfig.url ?? 'no address'}, not through a ` +
      'Service of this cluster';
    return { ok: false, problem: skipped(message) };
  }
  const { namespace, name, port = 443 } = clientConfig.service;
  const answer = await get<Service>(context.kube, `/api/v1/namespaces/${namespace}/services/${name}`);
  if (answer.ok) {
    return { ok: true, value: { namespace, name, port, dnsName: `${name}.${namespace}.svc`, service: answer.value } };
  }
  if (answer.problem.code !== 'not_found') {
    return { ok: false, problem: unread(answer.problem, `read Service ${namespace}/${name}`) };
  }
  const { metadata } = installed.value.mutating;
  const message =
    `Service ${namespace}/${name} does not exist, yet MutatingWebhookConfiguration ${metadata.name} calls it: ` +
    'install the chart again, or delete the configuration that an uninstallation left behind';
  return { ok: false, problem: error(message) };
}

/** The pods behind the Service. */
export async function readWebhookPods(context: Context): Promise<Read<WebhookPod[]>> {
  const called = await context.once(readCalledService);
  if (!called.ok) return called;
  const { namespace, service } = called.value;
  const labelSelector = selectorText({ matchLabels: service.spec.selector ?? {} });
  if (labelSelector === '') return { ok: true, value: [] };
  const pods = await list(context.kube, `/api/v1/namespaces/${namespace}/pods`, {
    query: { labelSelector },
    keep: podOf,
  });
  return pods.ok ? pods : { ok: false, problem: unread(pods.problem, `list pods in namespace ${namespace}`) };
}

function podOf({ metadata, ...rest }: KubeObject): WebhookPod {
  const spec = rest.spec as V1PodSpec;
  const status = (rest.status ?? {}) as V1PodStatus;
  const container = spec.containers.find(({ args }) => args?.[0] === 'webhook') ?? spec.containers[0]!;
  const settings = settingsOf(container.args ?? []);
  const folder = settings.tlsCertFile.replace(/\/[^/]*$/, '');
  const volume = container.volumeMounts?.find(({ mountPath }) => mountPath === folder)?.name;
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    ready: status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false,
    state: stateOf(status),
    created: metadata.creationTimestamp ?? '',
    labels: metadata.labels ?? {},
    image: container.image ?? '',
    settings,
    serviceAccount: spec.serviceAccountName ?? 'default',
    mountedSecret: spec.volumes?.find(({ name }) => name === volume)?.secret?.secretName,
  };
}

/**
 * A webhook of another version can have flags that this one does not know. They are left out; defaults stand for them.
 */
function settingsOf([, ...args]: readonly string[]): WebhookSettings {
  const readable = args.filter((argument) => parseFlags(webhookFlags, [argument]).ok);
  const parsed = parseFlags(webhookFlags, readable);
  return parsed.ok ? parsed.settings : defaults(webhookFlags);
}

function stateOf({ phase = 'Unknown', conditions = [], containerStatuses = [] }: V1PodStatus): string {
  const stuck = containerStatuses.find(({ state }) => state?.waiting !== undefined);
  const unscheduled = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  const why = stuck?.state?.waiting?.reason ?? unscheduled?.message ?? (phase === 'Running' ? 'not ready' : undefined);
  const last = lastLogLine(stuck?.lastState?.terminated?.message ?? '');
  return [phase, why, last].filter((part) => part !== undefined).join(', ');
}

/** The last line of a log, apart from the stack and the version that Node.js puts below an error. */
function lastLogLine(message: string): string | undefined {
  return message
    .split('\n')
    .filter((line) => /^\S/.test(line) && !line.startsWith('Node.js v'))
    .at(-1);
}
