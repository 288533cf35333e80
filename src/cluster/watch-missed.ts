import { setImmediate as turn } from 'node:timers/promises';
import { candidates, sidecarAbsence } from '../inject/request/absent-sidecar.ts';
import type { Kube, KubeObject, KubeProblem, ObjectMeta } from '../kube/kube.ts';
import { listAll } from '../kube/list/list-pages.ts';
import { topLevelOwner } from '../ownership/top-level-owner.ts';
import type { Failure, Success } from '../result/result.ts';
import { createRecurring } from '../timing/recurring.ts';

/** The missed pods of one owner. */
export interface MissedOwner {
  readonly namespace: string;
  /** `Deployment`, where a ReplicaSet's pods say so; `Pod` for a pod without an owner. */
  readonly kind: string;
  readonly name: string;
  readonly pods: number;
}

/**
 * Pods that ask for a sidecar and were created without a call of the webhook: it was down, did not answer in time
 * (`failurePolicy: Ignore`), or the pod is older than the installation. They get a sidecar when they are created again.
 */
export interface MissedReport {
  /** When the search ended; milliseconds since the epoch. */
  readonly at: number;
  readonly pods: number;
  /** The first few, in the order of namespaces and names. */
  readonly examples: readonly MissedOwner[];
}

export type MissedResult = Success<MissedReport> | (Failure<KubeProblem> & { readonly at: number });

export interface MissedScope {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Namespaces that the registration leaves out: the webhook's own and the system's. */
  readonly excluded: ReadonlySet<string>;
  /** Labels of a namespace. */
  readonly labels: (namespace: string) => Readonly<Record<string, string>>;
}

export interface MissedDeps extends MissedScope {
  /** Milliseconds between two searches. */
  readonly interval: number;
  readonly random: () => number;
  /** Gets the exceptions of a search; the next one follows all the same. */
  readonly failed: (error: unknown) => void;
}

export interface MissedWatch {
  /** Resolves when no search is under way. */
  stop(): Promise<void>;
}

/** Milliseconds until the first search: at the start the namespaces are still being listed. */
const firstSearch = 10_000;
const mostExamples = 10;
/** Pods that are checked in one turn of the event loop: some 2 µs each. */
const slice = 100;

/** Searches for missed pods soon after the start, and then every interval; calls `report` after each search. */
export function watchMissed(kube: Kube, deps: MissedDeps, report: (result: MissedResult) => void): MissedWatch {
  const { now, random, interval, failed } = deps;
  const ending = new AbortController();
  const over = ending.signal;
  // Replicas that started together do not list together.
  const jittered = (milliseconds: number) => milliseconds * (0.75 + random() / 2);
  const search = async () => {
    if (over.aborted) return undefined;
    const result = await findMissed(kube, deps, over);
    if (!over.aborted) report(result);
    return now() + jittered(interval);
  };
  const searches = createRecurring(search, { now, random, failed });
  searches.wake(now() + jittered(Math.min(interval, firstSearch)));
  return {
    stop() {
      ending.abort();
      return searches.runLast();
    },
  };
}

/**
 * One search: lists the metadata of the pods without our label, page by page, and keeps none of it. The query leaves
 * out pods that have ended, because the metadata does not hold the phase. A list that expires between two pages goes
 * on: the counts stay right but for the pods that came and went meanwhile.
 * @param over ends the search between two pages.
 */
export async function findMissed(
  kube: Kube,
  { now, excluded, labels }: MissedScope,
  over?: AbortSignal,
): Promise<MissedResult> {
  const examples = new Map<string, MissedOwner>();
  let pods = 0;
  const count = ({ metadata }: KubeObject) => {
    const { namespace = '' } = metadata;
    if (excluded.has(namespace) || sidecarAbsence(metadata, labels(namespace)) !== 'missed') return;
    pods += 1;
    addExample(examples, ownerOf(metadata));
  };
  const restart = () => {
    examples.clear();
    pods = 0;
  };
  const objects = async (page: readonly KubeObject[]) => {
    for (const [i, object] of page.entries()) {
      if (i > 0 && i % slice === 0) await turn();
      count(object);
    }
  };
  const request = { path: '/api/v1/pods', query: candidates, metadataOnly: true, consistent: false };
  const listed = await listAll(kube, over === undefined ? request : { ...request, signal: over }, { restart, objects });
  if (!listed.ok) return { ok: false, at: now(), problem: listed.problem };
  return { ok: true, value: { at: now(), pods, examples: [...examples.values()] } };
}

function ownerOf(metadata: ObjectMeta): Omit<MissedOwner, 'pods'> {
  const { namespace = '', name } = metadata;
  return { namespace, ...(topLevelOwner(metadata) ?? { kind: 'Pod', name }) };
}

function addExample(examples: Map<string, MissedOwner>, owner: Omit<MissedOwner, 'pods'>): void {
  const key = `${owner.namespace}/${owner.kind}/${owner.name}`;
  const example = examples.get(key);
  if (example === undefined && examples.size >= mostExamples) return;
  examples.set(key, { ...owner, pods: (example?.pods ?? 0) + 1 });
}
