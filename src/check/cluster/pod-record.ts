import { container, managedAnnotation } from '../../contract/names.ts';
import { type PodStatus, podStatus, readStatus } from '../../inject/pod/status-annotation.ts';
import type { ObjectMeta } from '../../kube/kube.ts';
import { topLevelOwner } from '../../ownership/top-level-owner.ts';

/** A pod, as little of it as is kept: of a cluster with ten thousand of them. */
export interface PodRecord {
  readonly namespace: string;
  readonly name: string;
  readonly owner: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly created: string;
  readonly status: PodStatus | undefined;
  /** Of the sidecar; empty where there is none, or where only metadata was read. */
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

/** Keys that are looked at; `prometheus.io` and the user's other annotations are not. */
const isKept = (key: string) => /(^|\.)metrics-sidecar\.io\//.test(key);

export function podRecord({ metadata, spec = {}, status = {} }: RawPod): PodRecord {
  const { containers = [], initContainers = [] } = spec as Record<'containers' | 'initContainers', RawContainer[]>;
  const { phase = '', podIP = '' } = status as { phase?: string; podIP?: string };
  const annotations = metadata.annotations ?? {};
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
    image: [...initContainers, ...containers].find(({ name }) => name === container.sidecar)?.image ?? '',
    phase,
    address: podIP,
  };
}

/** Who made the pod, as kubectl names it: `deployment/web`. A CronJob's Job carries a number behind the CronJob's name. */
function ownerOf(metadata: ObjectMeta): string {
  const maker = topLevelOwner(metadata);
  if (maker === undefined) return `pod/${metadata.name}`;
  const [, cronJob] = maker.kind === 'Job' ? (/^(.+)-\d{8,10}$/.exec(maker.name) ?? []) : [];
  return cronJob === undefined ? `${maker.kind.toLowerCase()}/${maker.name}` : `cronjob/${cronJob}`;
}
