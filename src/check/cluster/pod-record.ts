import { container, managedAnnotation, scrapeAnnotation } from '../../contract/names.ts';
import { mergedPorts } from '../../inject/pod/mesh-ports.ts';
import { type PodStatus, podStatus, readStatus } from '../../inject/pod/status-annotation.ts';
import type { ObjectMeta } from '../../kube/kube.ts';
import { topLevelOwner } from '../../ownership/top-level-owner.ts';

/** The part of a pod that is kept, small since a cluster can have ten thousand pods. */
export interface PodRecord {
  readonly namespace: string;
  readonly name: string;
  readonly owner: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly created: string;
  readonly status: PodStatus | undefined;
  /** The port at which a mesh that came behind us serves our page with its own, where it has taken our annotations. */
  readonly meshPort?: number;
  /** The image of the sidecar; an empty text if the pod has no sidecar, or if only its metadata was read. */
  readonly image: string;
  readonly phase: string;
  readonly address: string;
}

interface RawPod {
  readonly metadata: ObjectMeta;
  readonly spec?: unknown;
  readonly status?: unknown;
}

interface RawContainer {
  readonly name: string;
  readonly image?: string;
}

/** Only our own annotations are kept, not `prometheus.io` and the user's others. */
const isKept = (key: string) => /(^|\.)metrics-sidecar\.io\//.test(key);

export function podRecord({ metadata, spec = {}, status = {} }: RawPod): PodRecord {
  const { containers = [], initContainers = [] } = spec as Record<'containers' | 'initContainers', RawContainer[]>;
  const { phase = '', podIP = '' } = status as { phase?: string; podIP?: string };
  const annotations = metadata.annotations ?? {};
  const scrapePort = Number(annotations[scrapeAnnotation.port]);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    owner: ownerOf(metadata),
    annotations: Object.fromEntries(
      Object.entries(annotations).filter(([key]) => isKept(key) && key !== managedAnnotation.status),
    ),
    labels: metadata.labels ?? {},
    created: metadata.creationTimestamp ?? '',
    status: podStatus(readStatus(annotations[managedAnnotation.status])),
    ...(mergedPorts.has(scrapePort) && { meshPort: scrapePort }),
    image: [...initContainers, ...containers].find(({ name }) => name === container.sidecar)?.image ?? '',
    phase,
    address: podIP,
  };
}

/**
 * The owner as kubectl names it: `deployment/web`. The name of a CronJob's Job is the CronJob's name and a number, that
 * of an Argo Rollout's ReplicaSet the Rollout's name and a hash.
 */
function ownerOf(metadata: ObjectMeta): string {
  const maker = topLevelOwner(metadata);
  if (maker === undefined) return `pod/${metadata.name}`;
  const hash = metadata.labels?.['rollouts-pod-template-hash'];
  if (maker.kind === 'ReplicaSet' && hash !== undefined && maker.name.endsWith(`-${hash}`)) {
    return `rollout/${maker.name.slice(0, -hash.length - 1)}`;
  }
  const [, cronJob] = maker.kind === 'Job' ? (/^(.+)-\d{8,10}$/.exec(maker.name) ?? []) : [];
  return cronJob === undefined ? `${maker.kind.toLowerCase()}/${maker.name}` : `cronjob/${cronJob}`;
}
