import type { JsonObject } from '../../json/json.ts';
import type { LimitRangeItem, Quota } from '../pod/namespace-facts.ts';
import type { Pod } from '../pod/pod.ts';

/** Where a container of ours stands. */
export interface Place {
  readonly pod: Pod;
  /** Those that the pod has, and those that it is given. */
  readonly volumes: readonly JsonObject[];
  readonly limitRanges: readonly LimitRangeItem[];
  readonly quotas: readonly Quota[];
  /** The other containers that the pod is given: those that run first, and those that keep running. */
  readonly inits: readonly JsonObject[];
  readonly others: readonly JsonObject[];
  /** The container before the patch: its resources fit the pod and the namespace. */
  readonly before: JsonObject;
}
