import { setImmediate as turn } from 'node:timers/promises';
import { candidates, sidecarAbsence } from '../inject/request/absent-sidecar.ts';
import type { Kube, KubeObject, KubeProblem, ObjectMeta } from '../kube/kube.ts';
import { listAll } from '../kube/list/list-pages.ts';
import { topLevelOwner } from '../ownership/top-level-owner.ts';
import { createRecurring } from '../timing/recurring.ts';

/** Pods of one owner that were missed. */
export interface MissedOwner {
  readonly namespace: string;
  /** `Deployment`, where a ReplicaSet's pods say so; `Pod` for a pod of nobody. */
  readonly kind: string;
  readonly name: string;
  readonly pods: number;
}

/**
 * Pods that ask for a sidecar and were created without the webhook being asked: it was not there, did not answer in time
 * (`failurePolicy: Ignore`), or the pod is older than the installation. Creating them anew is what helps.
 */
export interface MissedReport {
  /** When it was found, in milliseconds since the epoch. */
  readonly at: number;
  readonly pods: number;
  /** The first few, in the order of namespaces and names. */
  readonly examples: readonly MissedOwner[];
}

export type MissedResult =
  | { readonly ok: true; readonly report: MissedReport }
  | { readonly ok: false; readonly at: number; readonly problem: KubeProblem };

export interface MissedScope {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Namespaces that the webhook is not asked about: its own and the system's. */
  readonly excluded: ReadonlySet<string>;
  /** Labels of a namespace. */
  readonly labels: (namespace: string) => Readonly<Record<string, string>>;
}

export interface MissedDeps extends MissedScope {
  /** Milliseconds between two looks. */
  readonly interval: number;
  readonly random: () => number;
  /** Gets what a look threw; the next one comes all the same. */
  readonly failed: (error: unknown) => void;
}

export interface MissedWatch {
  /** Resolves when no look is under way any more. */
  stop(): Promise<void>;
}

/** Milliseconds until the first look: the webhook has just come, and namespaces are being listed. */
const firstLook = 10_000;
const mostExamples = 10;
/** Pods that are looked at before other work gets its turn: some 2 µs each. */
const slice = 100;

/** Looks for missed pods soon after the start, and then every interval; `found` is called after each look. */
export function watchMissed(kube: Kube, deps: MissedDeps, found: (result: MissedResult) => void): MissedWatch {
  const { now, random, interval, failed } = deps;
  const ending = new AbortController();
  const over = ending.signal;
  // Replicas that were started together do not list together.
  const jittered = (milliseconds: number) => milliseconds * (0.75 + random() / 2);
  const look = async () => {
    if (over.aborted) return undefined;
    const result = await findMissed(kube, deps, over);
    if (!over.aborted) found(result);
    return now() + jittered(interval);
  };
  const looks = createRecurring(look, { now, random, failed });
  looks.wake(now() + jittered(Math.min(interval, firstLook)));
  return {
    stop() {
      ending.abort();
      return looks.runLast();
    },
  };
}

/**
 * One look: metadata of the pods without our label, page by page, of which nothing is kept. Pods that have ended are left
 * out by the API server, which does not tell the phase with the metadata. A list that expires between two pages goes
 * on: what was counted stays right but for the pods that came and went meanwhile.
 * @param over ends the look between two pages: an answer that nobody waits for need not be complete.
 */
export async function findMissed(
  kube: Kube,
  { now, excluded, labels }: MissedScope,
  over?: AbortSignal,
): Promise<MissedResult> {
  const examples = new Map<string, MissedOwner>();
  let pods = 0;
  const take = ({ metadata }: KubeObject) => {
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
      take(object);
    }
  };
  const wish = { path: '/api/v1/pods', query: candidates, metadataOnly: true, consistent: false };
  const listed = await listAll(kube, over === undefined ? wish : { ...wish, signal: over }, { restart, objects });
  if (!listed.ok) return { ok: false, at: now(), problem: listed.problem };
  return { ok: true, report: { at: now(), pods, examples: [...examples.values()] } };
}

function ownerOf(metadata: ObjectMeta): Omit<MissedOwner, 'pods'> {
  const { namespace = '', name } = metadata;
  return { namespace, ...(topLevelOwner(metadata) ?? { kind: 'Pod', name }) };
}

function addExample(examples: Map<string, MissedOwner>, owner: Omit<MissedOwner, 'pods'>): void {
  const key = `${owner.namespace}/${owner.kind}/${owner.name}`;
  const there = examples.get(key);
  if (there === undefined && examples.size >= mostExamples) return;
  examples.set(key, { ...owner, pods: (there?.pods ?? 0) + 1 });
}
