import type { V1LabelSelector } from '@kubernetes/client-node';
import { selects } from '../../check/cluster/label-selector.ts';
import { counted } from '../../text/counted.ts';
import type { Workload } from '../workload/workload.ts';

/** A PodDisruptionBudget. */
export interface Disruption {
  readonly name: string;
  readonly selector: V1LabelSelector;
  /** `status.disruptionsAllowed`. */
  readonly allowed: number;
}

/** The state of the cluster that a step is planned from. */
export interface View {
  /** The workloads that count, by `keyOf`: those that are renewed, and all others with sidecars. */
  readonly workloads: ReadonlyMap<string, Workload>;
  /** By namespace. */
  readonly disruptions: ReadonlyMap<string, readonly Disruption[]>;
}

/**
 * Why a PodDisruptionBudget does not allow a restart. An eviction asks it, a rollout does not, so it is asked here.
 * @param inProgress the workloads whose rollouts may take down pods that its status does not count yet
 */
export function guardOf(workload: Workload, inProgress: readonly Workload[], view: View): string | undefined {
  const { namespace, labels, takes } = workload;
  if (takes === 0) return undefined;
  for (const { name, selector, allowed } of view.disruptions.get(namespace) ?? []) {
    if (!selects(selector, labels)) continue;
    const covered = inProgress.filter((other) => other.namespace === namespace && selects(selector, other.labels));
    const left = covered.reduce((sum, other) => sum - other.takes, allowed);
    if (left >= takes) continue;
    const others = covered.length === 0 ? '' : ` (${counted(covered.length, 'rollout')} under it in progress)`;
    return (
      `PodDisruptionBudget ${name} allows ${counted(allowed, 'disruption')}${others}, its rollout takes ` +
      `${counted(takes, 'pod')} down at once`
    );
  }
  return undefined;
}
