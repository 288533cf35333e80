import type { JsonObject } from '../../json/json.ts';
import type { LimitRangeItem } from '../pod/namespace-facts.ts';
import type { Pod } from '../pod/pod.ts';

/** Where a container of ours stands. */
export interface Place {
  readonly pod: Pod;
  /** Those that the pod has, and those that it is given. */
  readonly volumes: readonly JsonObject[];
  readonly limitRanges: readonly LimitRangeItem[];
  /** The container before the patch: its resources fit the pod and the namespace. */
  readonly before: JsonObject;
}
