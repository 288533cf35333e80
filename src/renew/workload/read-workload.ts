import type {
  V1DaemonSetSpec,
  V1DaemonSetStatus,
  V1DeploymentSpec,
  V1DeploymentStatus,
  V1StatefulSetSpec,
  V1StatefulSetStatus,
} from '@kubernetes/client-node';
import { injectAnnotation } from '../../kinds/annotations.ts';
import type { KubeObject } from '../../kube/kube.ts';
import { shareOf } from './share-of.ts';
import { commonFields, generationOf, type OwnFields, type Workload, type WorkloadKind } from './workload.ts';

const readers: Readonly<Record<WorkloadKind, (object: KubeObject) => OwnFields>> = {
  deployment: deploymentFields,
  statefulset: statefulSetFields,
  daemonset: daemonSetFields,
};

export function readWorkload(kind: WorkloadKind, object: KubeObject): Workload {
  return { kind, ...commonFields(object, injectAnnotation.inject.key), ...readers[kind](object) };
}

/**
 * The rollout has ended where `kubectl rollout status` says so: the controller saw the template, all pods are of it,
 * and the old ones are gone.
 */
function deploymentFields(object: KubeObject): OwnFields {
  const spec = (object.spec ?? {}) as Partial<V1DeploymentSpec>;
  const status = (object.status ?? {}) as V1DeploymentStatus;
  const replicas = spec.replicas ?? 1;
  const { updatedReplicas: updated = 0, availableReplicas: available = 0, replicas: all = 0 } = status;
  const progressing = status.conditions?.find(({ type }) => type === 'Progressing');
  const isSeen = isObserved(object, status.observedGeneration);
  const isSettled = isSeen && updated >= replicas && all <= updated;
  const isStuck = isSeen && progressing?.reason === 'ProgressDeadlineExceeded' && progressing.status === 'False';
  return {
    replicas,
    unavailable: Math.max(0, replicas - available),
    updated,
    takes: deploymentTakes(spec, replicas),
    rollout: isStuck ? 'stuck' : isSettled ? 'settled' : 'rolling',
    hindrance: spec.paused
      ? `it is paused: kubectl rollout resume deployment/${object.metadata.name} -n ${object.metadata.namespace}`
      : undefined,
  };
}

/** (deploymentutil.ResolveFenceposts: percentages of maxUnavailable round down; both 0 would never end, so 1 counts) */
function deploymentTakes({ strategy }: Partial<V1DeploymentSpec>, replicas: number): number {
  if (strategy?.type === 'Recreate') return replicas;
  const surge = shareOf(strategy?.rollingUpdate?.maxSurge, replicas, 'up', '25%');
  const unavailable = shareOf(strategy?.rollingUpdate?.maxUnavailable, replicas, 'down', '25%');
  return Math.min(replicas, surge === 0 && unavailable === 0 ? 1 : unavailable);
}

function statefulSetFields(object: KubeObject): OwnFields {
  const spec = (object.spec ?? {}) as Partial<V1StatefulSetSpec>;
  const status = (object.status ?? {}) as Partial<V1StatefulSetStatus>;
  const { type = 'RollingUpdate', rollingUpdate } = spec.updateStrategy ?? {};
  const replicas = spec.replicas ?? 1;
  const { updatedReplicas: updated = 0, availableReplicas: available = 0 } = status;
  const partition = rollingUpdate?.partition ?? 0;
  const hindrance =
    type === 'OnDelete'
      ? onDelete
      : partition > 0
        ? `its updateStrategy has partition ${partition}, so that the pods below ${partition} would stay: set it to 0`
        : undefined;
  const isMoving = hindrance === undefined && status.currentRevision !== status.updateRevision;
  return {
    replicas,
    unavailable: Math.max(0, replicas - available),
    updated,
    takes: Math.min(replicas, Math.max(1, shareOf(rollingUpdate?.maxUnavailable, replicas, 'up', 1))),
    rollout: isMoving || !isObserved(object, status.observedGeneration) ? 'rolling' : 'settled',
    hindrance,
  };
}

function daemonSetFields(object: KubeObject): OwnFields {
  const spec = (object.spec ?? {}) as Partial<V1DaemonSetSpec>;
  const status = (object.status ?? {}) as Partial<V1DaemonSetStatus>;
  const { type = 'RollingUpdate', rollingUpdate } = spec.updateStrategy ?? {};
  const { desiredNumberScheduled: replicas = 0, updatedNumberScheduled: updated = 0, numberAvailable = 0 } = status;
  const hindrance = type === 'OnDelete' ? onDelete : undefined;
  const isMoving = hindrance === undefined && updated < replicas;
  const surge = shareOf(rollingUpdate?.maxSurge, replicas, 'up', 0);
  const unavailable = shareOf(rollingUpdate?.maxUnavailable, replicas, 'up', 1);
  return {
    replicas,
    unavailable: Math.max(0, replicas - numberAvailable),
    updated,
    takes: Math.min(replicas, surge === 0 ? Math.max(1, unavailable) : unavailable),
    rollout: isMoving || !isObserved(object, status.observedGeneration) ? 'rolling' : 'settled',
    hindrance,
  };
}

const onDelete = 'its updateStrategy is OnDelete: delete its pods one by one, when it suits you';

function isObserved({ metadata }: KubeObject, observed = 0): boolean {
  return observed >= generationOf(metadata);
}
