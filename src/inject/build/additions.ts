import type { JsonObject } from '../../json/json.ts';
import type { Operation } from '../../json/operation.ts';
import type { PodContainer } from '../pod/pod.ts';

/** The variables and mounts that an existing container of the pod is given. */
export interface Addition {
  readonly container: PodContainer;
  readonly env: readonly JsonObject[];
  readonly mounts: readonly JsonObject[];
}

/** Everything that becomes different about a pod; nothing else of it is touched. */
export interface Changes {
  readonly annotations: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
  /** Single values of existing containers: a port's name that moved, and what referred to it. */
  readonly edits: readonly Operation[];
  readonly additions: readonly Addition[];
  /** After the pod's own. */
  readonly volumes: readonly JsonObject[];
  /** Before the pod's own. */
  readonly initContainers: readonly JsonObject[];
  /** After the pod's own. */
  readonly containers: readonly JsonObject[];
}

export const noChanges: Changes = {
  annotations: new Map(),
  labels: new Map(),
  edits: [],
  additions: [],
  volumes: [],
  initContainers: [],
  containers: [],
};
