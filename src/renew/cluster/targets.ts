import { driftOf, type NewSidecar, readNewSidecar } from '../../check/cluster/drift.ts';
import { readInjectedIn } from '../../check/cluster/injected-pods.ts';
import { readMissedIn } from '../../check/cluster/missed-pods.ts';
import { type NamespaceLabels, readNamespaces } from '../../check/cluster/namespaces.ts';
import type { PodRecord } from '../../check/cluster/pod-record.ts';
import { readProbe } from '../../check/cluster/probe.ts';
import { restartCommand } from '../../check/cluster/restart.ts';
import { readWebhookVersions } from '../../check/cluster/webhook-versions.ts';
import { type Context, contextOf } from '../../check/finding/check.ts';
import { error, type Finding, type Read } from '../../check/finding/finding.ts';
import { groupBy } from '../../lists/group-by.ts';
import { workloadKinds } from '../workload/workload.ts';

/** The pods of one owner that a restart has to replace. */
export interface Target {
  /** `shop deployment/web` */
  readonly key: string;
  readonly namespace: string;
  /** `deployment/web` */
  readonly owner: string;
  /** The outdated pods, or those without a sidecar. */
  readonly pods: number;
  /** The difference of the first of them from a new pod. */
  readonly drift: string;
  /** Why this program cannot renew them, with the remedy. */
  readonly unfit?: string;
}

/** The pods of a cluster that a run begins with. */
export interface Survey {
  /** In the order of the restarts. */
  readonly targets: readonly Target[];
  readonly injectedPods: number;
  /** The keys of the owners of injected pods, up to date or not: their pods count against the budget. */
  readonly owners: ReadonlySet<string>;
  readonly fresh: NewSidecar;
  readonly namespaces: NamespaceLabels;
  readonly warnings: readonly string[];
}

export interface Scope {
  /** Undefined: all. */
  readonly namespace: string | undefined;
  readonly missed: boolean;
}

/** Reads the pods that are injected or ask, and the sidecar that a new pod gets. */
export async function survey(context: Context, { namespace, missed }: Scope): Promise<Read<Survey>> {
  const labels = await context.once(readNamespaces);
  if (namespace !== undefined && labels.ok && !labels.value.has(namespace)) {
    return { ok: false, problem: error(`namespace ${namespace} does not exist`) };
  }
  const injected = await readInjectedIn(context, namespace);
  if (!injected.ok) return injected;
  const absent = missed ? await readMissedIn(context, namespace) : undefined;
  if (absent !== undefined && !absent.ok) return absent;
  const places = [...(absent?.value ?? []), ...injected.value].map((one) => one.namespace);
  const fresh = await readFresh(context, [...new Set(places)]);
  if (!fresh.ok) return fresh;
  const namespaces: NamespaceLabels = labels.ok ? labels.value : new Map();
  const targets =
    absent === undefined
      ? outdatedTargets(injected.value, fresh.value.sidecar, labels.ok ? namespaces : undefined)
      : missedTargets(absent.value);
  const value: Survey = {
    targets: targets.sort(inOrder),
    injectedPods: injected.value.length,
    owners: new Set(injected.value.map(keyOfPod)),
    fresh: fresh.value.sidecar,
    namespaces,
    warnings: fresh.value.warnings,
  };
  return { ok: true, value };
}

function keyOfPod({ namespace, owner }: PodRecord): string {
  return `${namespace} ${owner}`;
}

function outdatedTargets(
  injected: readonly PodRecord[],
  fresh: NewSidecar,
  namespaces: NamespaceLabels | undefined,
): Target[] {
  const outdated = injected.flatMap((pod) => {
    const [drift] = driftOf(pod, fresh, namespaces);
    return drift === undefined ? [] : [{ pod, drift }];
  });
  return [...groupBy(outdated, ({ pod }) => keyOfPod(pod))].map(([, pods]) => {
    const { pod, drift } = pods[0]!;
    return targetOf(pod, pods.length, drift);
  });
}

function missedTargets(missed: readonly (Parameters<typeof targetOf>[0] & MissedGroup)[]): Target[] {
  const groups = [...groupBy(missed, ({ namespace, owner }) => `${namespace} ${owner}`).values()];
  return groups.map((group) => {
    // Pods of one owner that were missed for several reasons; one that a restart helps is enough.
    const one = group.find(({ restart }) => restart) ?? group[0]!;
    const pods = group.reduce((sum, { pods: count }) => sum + count, 0);
    const target = targetOf(one, pods, one.why);
    return one.restart ? target : { ...target, unfit: `${one.why}: correct this first` };
  });
}

interface MissedGroup {
  readonly pods: number;
  readonly why: string;
  readonly restart: boolean;
}

function targetOf(pod: { readonly namespace: string; readonly owner: string }, pods: number, drift: string): Target {
  const { namespace, owner } = pod;
  const [kind] = owner.split('/');
  const isFit = (workloadKinds as readonly string[]).includes(kind!);
  const target = { key: `${namespace} ${owner}`, namespace, owner, pods, drift };
  return isFit ? target : { ...target, unfit: restartCommand(namespace, owner) };
}

/** By namespace and name; the namespaces of the cluster itself are last. */
function inOrder(a: Target, b: Target): number {
  const [systemA, systemB] = [a, b].map(({ namespace }) => namespace.startsWith('kube-'));
  if (systemA !== systemB) return systemA ? 1 : -1;
  return a.key < b.key ? -1 : 1;
}

/** The namespaces that are tried: a quota or a policy of one of them can refuse the pod of the dry run. */
const mostProbes = 5;

/**
 * The sidecar that new pods get. A webhook that does not inject, or whose replicas are of several versions, is a
 * problem: recreated pods would lose their sidecars, or get the old one again.
 */
async function readFresh(
  context: Context,
  places: readonly string[],
): Promise<Read<{ readonly sidecar: NewSidecar; readonly warnings: readonly string[] }>> {
  if (places.length === 0) return { ok: true, value: { sidecar: {}, warnings: [] } };
  const versions = await context.once(readWebhookVersions);
  if (versions.ok && versions.value.length > 1) {
    const several = versions.value.join(' and ');
    const message = `the webhooks run versions ${several}: wait until the upgrade has ended, then renew`;
    return { ok: false, problem: error(message) };
  }
  let first: { readonly context: Context; readonly problem: Finding } | undefined;
  for (const namespace of places.slice(0, mostProbes)) {
    const here = contextOf(context.kube, { ...context, namespace });
    const probe = await here.once(readProbe);
    if (probe.ok) return { ok: true, value: { sidecar: await readNewSidecar(here), warnings: [] } };
    first ??= { context: here, problem: probe.problem };
  }
  const { problem } = first!;
  if (problem.result === 'error') return { ok: false, problem };
  const sidecar = await readNewSidecar(first!.context);
  if (sidecar.version === undefined) {
    const message = `the version of the webhook cannot be read, so nothing can be called outdated: ${problem.message}`;
    return { ok: false, problem: error(message) };
  }
  return { ok: true, value: { sidecar, warnings: [`not known whether the webhook injects: ${problem.message}`] } };
}
