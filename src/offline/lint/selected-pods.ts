import { managedAnnotation } from '../../contract/names.ts';
import { portOf, readStatus } from '../../inject/pod/status-annotation.ts';
import { type JsonObject, objectOf, textOf, textsOf } from '../../json/json.ts';
import { pointer } from '../../json/operation.ts';
import type { ClusterContext } from '../evaluate/cluster-context.ts';
import type { Evaluation, LocatedEvaluation } from '../evaluate/evaluate.ts';
import { objectName } from './sentences.ts';
import { type PortsOfPod, portsOfPod } from './service-ports.ts';

/** The pods and pod templates that a selector selects. */
export interface SelectedPods {
  /** Each once, in the order of the files. */
  readonly names: readonly string[];
  /** The names of the pods by the number of the port that their status lists under a name. */
  listening(port: 'metrics' | 'haproxy'): ReadonlyMap<number, ReadonlySet<string>>;
  /** Whether one of the pods has a sidecar. */
  isInjected(): boolean;
  /** The ports of each pod, for Services that look them up by name. */
  ports(): readonly PortsOfPod[];
}

/** Selects the pods and pod templates of a Service among the manifests. */
export type SelectPods = (service: LocatedEvaluation) => SelectedPods;

/**
 * The selection by an index of labels. Each selector is evaluated once: a thousand Services that select the same
 * thousand pods cost no more than one.
 */
export function podSelection(evaluations: readonly LocatedEvaluation[], cluster: ClusterContext): SelectPods {
  const namespaceOf = ({ object }: LocatedEvaluation) => cluster.facts(object.namespace).namespace.name;
  const byLabel = new Map<string, LocatedEvaluation[]>();
  for (const one of evaluations) {
    if (one.evaluation.subject === 'service') continue;
    const namespace = namespaceOf(one);
    for (const [key, value] of labelsOf(one)) {
      const id = JSON.stringify([namespace, key, value]);
      const some = byLabel.get(id);
      if (some === undefined) byLabel.set(id, [one]);
      else some.push(one);
    }
  }
  const cache = new Map<string, SelectedPods>();
  return (service) => {
    const namespace = namespaceOf(service);
    const selector = [...textsOf(objectOf(service.object.value.spec)?.selector)].sort(([a], [b]) => (a < b ? -1 : 1));
    const id = JSON.stringify([namespace, selector]);
    const pods = cache.get(id) ?? selected(podsWith(selector, namespace, byLabel));
    cache.set(id, pods);
    return pods;
  };
}

function labelsOf({ evaluation }: LocatedEvaluation): ReadonlyMap<string, string> {
  return textsOf(objectOf(evaluation.location.value.metadata)?.labels);
}

/** The pods with all labels of a selector: only those with the rarest label are looked at. */
function podsWith(
  selector: readonly (readonly [string, string])[],
  namespace: string,
  byLabel: ReadonlyMap<string, readonly LocatedEvaluation[]>,
): readonly LocatedEvaluation[] {
  const each = selector.map(([key, value]) => byLabel.get(JSON.stringify([namespace, key, value])) ?? []);
  const fewest = each.reduce((a, b) => (b.length < a.length ? b : a), each[0] ?? []);
  return fewest.filter((pod) => {
    const labels = labelsOf(pod);
    return selector.every(([key, value]) => labels.get(key) === value);
  });
}

function selected(pods: readonly LocatedEvaluation[]): SelectedPods {
  const statuses = once(() => pods.map((pod) => ({ name: objectName(pod.object), status: statusOf(pod.evaluation) })));
  const listening = (port: string) => {
    const byNumber = new Map<number, Set<string>>();
    for (const { name, status } of statuses()) {
      const number = portOf(status, port);
      if (number !== undefined) byNumber.set(number, (byNumber.get(number) ?? new Set()).add(name));
    }
    return byNumber;
  };
  const byPort = { metrics: once(() => listening('metrics')), haproxy: once(() => listening('haproxy')) };
  return {
    names: [...new Set(pods.map(({ object }) => objectName(object)))],
    listening: (port) => byPort[port](),
    isInjected: once(() => statuses().some(({ status }) => status !== undefined)),
    ports: once(() => pods.map((pod) => portsOfPod(pod, statusOf(pod.evaluation)))),
  };
}

function once<T>(make: () => T): () => T {
  let result: { readonly value: T } | undefined;
  return () => {
    result ??= { value: make() };
    return result.value;
  };
}

/** The status annotation of an injected pod: the one that the patch writes, or the one that the pod has. */
export function statusOf({ location, outcome }: Evaluation): JsonObject | undefined {
  const path = pointer('metadata', 'annotations', managedAnnotation.status);
  const patched = outcome.patch.flatMap((one) => {
    if (one.op === 'remove') return [];
    if (one.path === path) return [one.value];
    const whole = one.path === '/metadata/annotations' ? objectOf(one.value)?.[managedAnnotation.status] : undefined;
    return whole === undefined ? [] : [whole];
  });
  const status = patched.at(-1) ?? objectOf(objectOf(location.value.metadata)?.annotations)?.[managedAnnotation.status];
  const json = readStatus(textOf(status));
  return json?.injected === true ? json : undefined;
}
