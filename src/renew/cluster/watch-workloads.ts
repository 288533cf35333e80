import type { V1LabelSelector } from '@kubernetes/client-node';
import type { Kube, KubeObject } from '../../kube/kube.ts';
import type { ResourceWatch } from '../../kube/watch/resource-watch.ts';
import { type WatchDeps, watchResource } from '../../kube/watch/watch-resource.ts';
import { groupBy } from '../../lists/group-by.ts';
import type { Disruption, View } from '../plan/view.ts';
import { readWorkload } from '../workload/read-workload.ts';
import { keyOf, type Workload, type WorkloadKind, workloadKinds } from '../workload/workload.ts';

/** A copy of the workloads and the PodDisruptionBudgets of a namespace, or of all, that is kept up to date. */
export interface WatchedWorkloads {
  /** Undefined until the copy is complete. */
  readonly view: () => View | undefined;
  /** Why the copy is not up to date. */
  readonly problem: () => string | undefined;
  /** Resolves at the next change, after so many milliseconds, or when the signal aborts. */
  readonly change: (most: number, signal: AbortSignal) => Promise<void>;
  readonly stop: () => void;
}

/** The path of the workloads of a kind. */
export function workloadsPath(kind: WorkloadKind, namespace?: string): string {
  return `/apis/apps/v1/${inNamespace(namespace)}${kind}s`;
}

function inNamespace(namespace: string | undefined): string {
  return namespace === undefined ? '' : `namespaces/${namespace}/`;
}

/** @param counts whether a workload counts against the budget */
export function watchWorkloads(
  kube: Kube,
  namespace: string | undefined,
  counts: (workload: Workload) => boolean,
  deps: WatchDeps,
): WatchedWorkloads {
  const workloads = workloadKinds.map((kind) =>
    watchResource(kube, { path: workloadsPath(kind, namespace), keep: (object) => readWorkload(kind, object) }, deps),
  );
  const path = `/apis/policy/v1/${inNamespace(namespace)}poddisruptionbudgets`;
  const disruptions = watchResource(kube, { path, keep: readDisruption }, deps);
  const all: readonly ResourceWatch<unknown>[] = [...workloads, disruptions];
  return {
    view: () => {
      if (!all.every((watch) => watch.synced())) return undefined;
      const counted = workloads.flatMap((watch) =>
        [...watch.items().values()].filter((one) => !one.isEnding && counts(one)),
      );
      const groups = groupBy(disruptions.items().values(), ({ place }) => place);
      return { workloads: new Map(counted.map((workload) => [keyOf(workload), workload])), disruptions: groups };
    },
    problem: () => all.map((watch) => watch.problem()).find((problem) => problem !== undefined),
    change: (most, signal) => nextChange(all, most, signal),
    stop: () => {
      for (const watch of all) watch.stop();
    },
  };
}

function readDisruption({ metadata, spec, status }: KubeObject): Disruption & { readonly place: string } {
  const { selector = {} } = (spec ?? {}) as { readonly selector?: V1LabelSelector };
  const { disruptionsAllowed = 0 } = (status ?? {}) as { readonly disruptionsAllowed?: number };
  return { place: metadata.namespace ?? '', name: metadata.name, selector, allowed: disruptionsAllowed };
}

function nextChange(all: readonly ResourceWatch<unknown>[], most: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      for (const end of ends) end();
      resolve();
    };
    const timer = setTimeout(done, most);
    const ends = all.map((watch) => watch.onChange(done));
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
