import type { V1LabelSelector } from '@kubernetes/client-node';
import type { KubeObject } from '../../kube/kube.ts';

/** The kinds that restart their own pods when their template changes, as `kubectl rollout restart` relies on. */
export const workloadKinds = ['deployment', 'statefulset', 'daemonset'] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

/**
 * - rolling: old pods are left, or the controller has not seen the template yet.
 * - settled: all pods are of the current template; they may be unavailable.
 * - stuck: the Deployment exceeded its progress deadline.
 */
export type Rollout = 'rolling' | 'settled' | 'stuck';

/** The part of a workload that is kept, small since a cluster can have thousands. */
export interface Workload {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
  readonly generation: number;
  /** The pods that it should have. */
  readonly replicas: number;
  /** Those of them that are not available. */
  readonly unavailable: number;
  /** The pods of the current template. */
  readonly updated: number;
  /** The pods that its own update strategy may take down at once. */
  readonly takes: number;
  readonly rollout: Rollout;
  /** Why a restart would not reach all of its pods, with the remedy. */
  readonly hindrance: string | undefined;
  /** Seconds that a ready pod waits until it counts as available. */
  readonly minReadySeconds: number;
  /** Whether it is being deleted. */
  readonly isEnding: boolean;
  readonly restartedAt: string | undefined;
  /** Whether this program restarted it last, in this run or in an earlier one. */
  readonly isRenewal: boolean;
  readonly selector: V1LabelSelector;
  /** Labels of the pod template. */
  readonly labels: Readonly<Record<string, string>>;
  /** `metrics-sidecar.io/inject` of the pod template. */
  readonly asks: string | undefined;
}

/** `deployment/web`, as kubectl names it. */
export function ownerOf({ kind, name }: Pick<Workload, 'kind' | 'name'>): string {
  return `${kind}/${name}`;
}

/** `shop deployment/web`: one key for each workload, and its name for people. */
export function keyOf(workload: Pick<Workload, 'kind' | 'name' | 'namespace'>): string {
  return `${workload.namespace} ${ownerOf(workload)}`;
}

/** The annotation of `kubectl rollout restart`. A new value in the pod template makes new pods. */
export const restartAnnotation = 'kubectl.kubernetes.io/restartedAt';

/** The owner of the annotation's value among the managers of fields, where this program wrote it. */
export const fieldManager = 'metrics-sidecar-renew';

/** The fields that a reader of one kind finds. */
export type OwnFields = Pick<Workload, 'replicas' | 'unavailable' | 'updated' | 'takes' | 'rollout' | 'hindrance'>;

/** A pod template, as far as it is read. */
interface Template {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

interface CommonSpec {
  readonly selector?: V1LabelSelector;
  readonly template?: Template;
  readonly minReadySeconds?: number;
}

/** The fields that all kinds have, of an object whose types the API server checked. */
export function commonFields({ metadata, spec }: KubeObject, askAnnotation: string) {
  const { selector = {}, template = {}, minReadySeconds = 0 } = (spec ?? {}) as CommonSpec;
  const { labels = {}, annotations = {} } = template.metadata ?? {};
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    resourceVersion: metadata.resourceVersion ?? '',
    generation: generationOf(metadata),
    minReadySeconds,
    isEnding: metadata.deletionTimestamp !== undefined,
    restartedAt: annotations[restartAnnotation],
    isRenewal: managersOf(metadata).includes(fieldManager),
    selector,
    labels,
    asks: annotations[askAnnotation],
  };
}

/** Counts the changes of the spec; the API server sets it. */
export function generationOf(metadata: object): number {
  const { generation = 0 } = metadata as { readonly generation?: number };
  return generation;
}

function managersOf(metadata: object): readonly (string | undefined)[] {
  const { managedFields = [] } = metadata as { readonly managedFields?: readonly { readonly manager?: string }[] };
  return managedFields.map(({ manager }) => manager);
}
