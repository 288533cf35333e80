import { label } from '../../contract/names.ts';
import { injectPod } from '../../inject/inject.ts';
import { sentence } from '../../inject/outcome/reason-text.ts';
import { candidates, sidecarAbsence } from '../../inject/request/absent-sidecar.ts';
import type { JsonObject } from '../../json/json.ts';
import { injectAnnotation } from '../../kinds/annotations.ts';
import { groupBy } from '../../lists/group-by.ts';
import type { Context } from '../finding/check.ts';
import { type Read, unread } from '../finding/finding.ts';
import { podsPath } from './injected-pods.ts';
import { type Installation, readInstallation } from './installation.ts';
import { selects } from './label-selector.ts';
import { readNamespaces } from './namespaces.ts';
import { type PodRecord, podRecord } from './pod-record.ts';
import { get, list } from './reading.ts';
import { restartCommand } from './restart.ts';

/** Pods of one owner that ask for a sidecar and have none, for the same reason. */
export interface MissedPods {
  readonly namespace: string;
  readonly owner: string;
  readonly pods: number;
  readonly why: string;
  /** Whether new pods of the owner would be injected. */
  readonly restart: boolean;
}

/** The command or the sentence that tells the owner of the pods how to get them injected. */
export function cureOf({ namespace, owner, restart }: MissedPods): string {
  return restart ? restartCommand(namespace, owner) : 'correct this, then restart the pods';
}

/** One pod each of so many owners is read in full to see why it would be refused; each costs a request. */
const mostSamples = 100;

/** The pods of one namespace, or of all, that ask and are not injected, by owner and reason. */
export async function readMissedIn(context: Context, namespace?: string): Promise<Read<MissedPods[]>> {
  const namespaces = await context.once(readNamespaces);
  const installed = await context.once(readInstallation);
  const labelsOf = (name: string) => (namespaces.ok ? (namespaces.value.get(name) ?? {}) : {});
  const listing = await list(context.kube, podsPath(namespace), {
    query: candidates,
    metadataOnly: true,
    keep: (pod) =>
      sidecarAbsence(pod.metadata, labelsOf(pod.metadata.namespace ?? '')) === undefined ? undefined : podRecord(pod),
  });
  if (!listing.ok) return { ok: false, problem: unread(listing.problem, 'list pods') };
  const owners = [...groupBy(listing.value, ({ namespace: at, owner }) => `${at} ${owner}`).values()];
  const groups: MissedPods[] = [];
  for (const [i, pods] of owners.entries()) {
    const registered = installed.ok ? installed.value : undefined;
    const view = { context, labels: labelsOf(pods[0]!.namespace), registered, sample: i < mostSamples };
    groups.push(...(await reasonsOf(pods, view)));
  }
  return { ok: true, value: groups };
}

export function readMissed(context: Context): Promise<Read<MissedPods[]>> {
  return readMissedIn(context);
}

type Labels = Readonly<Record<string, string>>;

interface View {
  readonly context: Context;
  readonly labels: Labels;
  readonly registered: Installation | undefined;
  /** Whether a pod may be read in full, to ask the engine about it. */
  readonly sample: boolean;
}

async function reasonsOf(pods: readonly PodRecord[], view: View): Promise<MissedPods[]> {
  const judged = pods.filter(({ status }) => status?.injected === false);
  const never = pods.filter(({ status }) => status?.injected !== false);
  const groups = [...groupBy(judged, ({ status }) => status!.reasons.join('; '))].map(
    ([reasons, group]): MissedPods => ({ ...groupOf(group), why: `refused: ${reasons}`, restart: false }),
  );
  if (never.length === 0) return groups;
  const refusal = excluded(never[0]!, view) ?? (await refusedByEngine(never[0]!, view));
  if (refusal !== undefined) return [...groups, { ...groupOf(never), why: refusal, restart: false }];
  const whys = groupBy(never, (pod) => whenMissed(pod, view));
  return [...groups, ...[...whys].map(([why, group]): MissedPods => ({ ...groupOf(group), why, restart: true }))];
}

function groupOf(pods: readonly PodRecord[]) {
  const { namespace, owner } = pods[0]!;
  return { namespace, owner, pods: pods.length };
}

/** The reason why the API server does not call the webhook for such a pod, or undefined where it does. */
function excluded(pod: PodRecord, { labels, registered }: View): string | undefined {
  if (registered === undefined) return undefined;
  const { namespace } = pod;
  const isAnnotated = Object.hasOwn(pod.annotations, injectAnnotation.inject.key);
  const entry = isAnnotated ? registered.pods : registered.namespaces;
  if (entry === undefined) {
    return (
      `namespace ${namespace} is labelled ${label.namespaceInject}, but the installation has no entry for ` +
      'namespaces (cluster.enabled of the chart)'
    );
  }
  // No labels: the namespace could not be read.
  if (Object.keys(labels).length > 0 && !selects(entry.namespaceSelector ?? {}, labels)) {
    return `namespace ${namespace} is excluded by the namespaceSelector of ${entry.name}`;
  }
  if (selects(entry.objectSelector ?? {}, pod.labels)) return undefined;
  return `its labels are excluded by the objectSelector of ${entry.name}`;
}

/**
 * The engine's refusal of a pod like this one. The webhook's settings are not known, so the engine runs with defaults.
 */
async function refusedByEngine(pod: PodRecord, { context, labels, sample }: View): Promise<string | undefined> {
  if (!sample) return undefined;
  const answer = await get<JsonObject>(context.kube, `${podsPath(pod.namespace)}/${pod.name}`);
  if (!answer.ok) return undefined;
  const outcome = injectPod({
    pod: asCreated(answer.value),
    facts: { namespace: { name: pod.namespace, labels, limitRanges: [] }, kubelets: null },
    settings: {
      defaults: new Map(),
      onInvalid: 'allow',
      nativeSidecars: 'auto',
      discovery: 'annotations',
      version: context.version,
    },
  });
  const isRefused = outcome.decision === 'invalid' || outcome.decision === 'skipped' || outcome.decision === 'denied';
  return isRefused ? `would be refused: ${outcome.reasons.map(sentence).join('; ')}` : undefined;
}

/** The pod as it was before the API server stored it. */
function asCreated(pod: JsonObject): JsonObject {
  const { resourceVersion: _, uid: __, creationTimestamp: ___, ...metadata } = pod.metadata as JsonObject;
  return { ...pod, metadata, status: {} };
}

function whenMissed({ created, annotations }: PodRecord, { registered }: View): string {
  const since = registered?.mutating.metadata.creationTimestamp;
  if (registered === undefined) return 'the registration of the webhook was not found';
  if (since !== undefined && created !== '' && created < since) return 'created before the webhook was installed';
  return Object.hasOwn(annotations, injectAnnotation.inject.key)
    ? 'created while the webhook was not reachable, or annotated after its creation'
    : 'created before its namespace was labelled, or while the webhook was not reachable';
}
