import { injectAnnotation } from '../contract/annotations.ts';
import { label, mirrorAnnotation, written } from '../contract/names.ts';
import { type Kube, type KubeObject, type KubeProblem, metadataOnly } from '../kube/kube.ts';
import { makerOf } from '../kube/maker.ts';
import { createAlarm } from './alarm.ts';

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
}

export interface MissedWatch {
  /** Resolves when no look is under way any more. */
  stop(): Promise<void>;
}

/** Milliseconds until the first look: the webhook has just come, and namespaces are being listed. */
const firstLook = 10_000;
const pageSize = 500;
const mostExamples = 10;

/** Looks for missed pods soon after the start, and then every interval; `found` is called after each look. */
export function watchMissed(kube: Kube, deps: MissedDeps, found: (result: MissedResult) => void): MissedWatch {
  const { now, random, interval } = deps;
  let over = false;
  // Replicas that were started together do not list together.
  const jittered = (milliseconds: number) => milliseconds * (0.75 + random() / 2);
  const alarm = createAlarm(now, async () => {
    if (over) return undefined;
    const result = await findMissed(kube, deps, () => over);
    if (!over) found(result);
    return now() + jittered(interval);
  });
  alarm.wake(now() + jittered(Math.min(interval, firstLook)));
  return {
    stop() {
      over = true;
      return alarm.last();
    },
  };
}

interface Page {
  readonly metadata?: { readonly continue?: string };
  readonly items: readonly KubeObject[];
}

/**
 * One look: metadata of the pods without our label, page by page, of which nothing is kept. Pods that have ended are left
 * out by the API server, which does not tell the phase with the metadata.
 * @param over asked between pages: an answer that nobody waits for need not be complete.
 */
export async function findMissed(
  kube: Kube,
  { now, excluded, labels }: MissedScope,
  over: () => boolean = () => false,
): Promise<MissedResult> {
  const examples = new Map<string, MissedOwner>();
  let pods = 0;
  let next = '';
  do {
    const answer = await kube.request<Page>({
      method: 'GET',
      path: '/api/v1/pods',
      query: {
        labelSelector: `${label.injected}!=true`,
        fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed',
        limit: String(pageSize),
        ...(next !== '' && { continue: next }),
      },
      accept: metadataOnly.list,
    });
    if (!answer.ok) return { ok: false, at: now(), problem: answer.problem };
    for (const { metadata } of answer.value.items) {
      const namespace = metadata.namespace ?? '';
      if (excluded.has(namespace) || !isMissed(metadata, labels)) continue;
      pods += 1;
      addExample(examples, ownerOf(metadata));
    }
    next = answer.value.metadata?.continue ?? '';
  } while (next !== '' && !over());
  return { ok: true, report: { at: now(), pods, examples: [...examples.values()] } };
}

type Metadata = KubeObject['metadata'] & { readonly deletionTimestamp?: string };

/**
 * | annotation    | namespace's label | status annotation | missed |
 * | ------------- | ----------------- | ----------------- | ------ |
 * | kinds, or bad | any               | no                | yes    |
 * | none          | kinds, or bad     | no                | yes    |
 * | "false"       | any               | no                | no     |
 * | none          | none, "false"     | no                | no     |
 * | any           | any               | yes               | no     |
 *
 * Pods of our own, mirrors of static pods, and what is going anyway are left out.
 */
function isMissed(metadata: Metadata, labelsOf: MissedScope['labels']): boolean {
  const { annotations = {}, labels = {}, namespace = '', deletionTimestamp } = metadata;
  if (deletionTimestamp !== undefined || labels[label.component] === label.ownComponent) return false;
  if (annotations[written.status] !== undefined || annotations[mirrorAnnotation] !== undefined) return false;
  const { key, codec } = injectAnnotation.inject;
  const text = annotations[key] ?? labelsOf(namespace)[label.namespaceInject]?.replaceAll('.', ',');
  if (text === undefined) return false;
  const asked = codec.parse(text);
  // Asked in a way that cannot be read is asked.
  return !asked.ok || asked.value !== false;
}

function ownerOf(metadata: Metadata): Omit<MissedOwner, 'pods'> {
  const { namespace = '', name } = metadata;
  return { namespace, ...(makerOf(metadata) ?? { kind: 'Pod', name }) };
}

function addExample(examples: Map<string, MissedOwner>, owner: Omit<MissedOwner, 'pods'>): void {
  const key = `${owner.namespace}/${owner.kind}/${owner.name}`;
  const there = examples.get(key);
  if (there === undefined && examples.size >= mostExamples) return;
  examples.set(key, { ...owner, pods: (there?.pods ?? 0) + 1 });
}
