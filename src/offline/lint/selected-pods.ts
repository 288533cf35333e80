import { managedAnnotation } from '../../contract/names.ts';
import { portOf, readStatus } from '../../inject/pod/status-annotation.ts';
import { type JsonObject, objectOf, textOf, textsOf } from '../../json/json.ts';
import { pointer } from '../../json/operation.ts';
import type { Knowledge } from '../evaluate/cluster-context.ts';
import type { Judged } from '../evaluate/evaluate.ts';
import type { JudgedAt } from './lint-pods.ts';
import { objectName } from './sentences.ts';

/** The pods and pod templates that a selector selects. */
export interface SelectedPods {
  /** Each once, in the order of the files. */
  readonly names: readonly string[];
  /** The names by the port that their status calls so. */
  listening(port: 'metrics' | 'haproxy'): ReadonlyMap<number, ReadonlySet<string>>;
  /** Whether one of them has a sidecar. */
  isInjected(): boolean;
}

/** The pods and pod templates among the manifests that a Service selects. */
export type PodsBehind = (service: JudgedAt) => SelectedPods;

/**
 * Looks pods up by their labels, and each selector once: a thousand Services that select the same thousand pods cost no
 * more than one.
 */
export function podsBehind(judged: readonly JudgedAt[], knowledge: Knowledge): PodsBehind {
  const namespaceOf = ({ object }: JudgedAt) => knowledge.facts(object.namespace).namespace.name;
  const byLabel = new Map<string, JudgedAt[]>();
  for (const one of judged) {
    if (one.judged.subject === 'service') continue;
    const namespace = namespaceOf(one);
    for (const [key, value] of labelsOf(one)) {
      const id = JSON.stringify([namespace, key, value]);
      const some = byLabel.get(id);
      if (some === undefined) byLabel.set(id, [one]);
      else some.push(one);
    }
  }
  const known = new Map<string, SelectedPods>();
  return (service) => {
    const namespace = namespaceOf(service);
    const selector = [...textsOf(objectOf(service.object.value.spec)?.selector)].sort(([a], [b]) => (a < b ? -1 : 1));
    const id = JSON.stringify([namespace, selector]);
    const pods = known.get(id) ?? selected(podsWith(selector, namespace, byLabel));
    known.set(id, pods);
    return pods;
  };
}

function labelsOf({ judged }: JudgedAt): ReadonlyMap<string, string> {
  return textsOf(objectOf(judged.place.value.metadata)?.labels);
}

/** Those of the rarest label, as far as they have the others. */
function podsWith(
  selector: readonly (readonly [string, string])[],
  namespace: string,
  byLabel: ReadonlyMap<string, readonly JudgedAt[]>,
): readonly JudgedAt[] {
  const each = selector.map(([key, value]) => byLabel.get(JSON.stringify([namespace, key, value])) ?? []);
  const fewest = each.reduce((a, b) => (b.length < a.length ? b : a), each[0] ?? []);
  return fewest.filter((pod) => {
    const labels = labelsOf(pod);
    return selector.every(([key, value]) => labels.get(key) === value);
  });
}

function selected(pods: readonly JudgedAt[]): SelectedPods {
  const statuses = once(() => pods.map((pod) => ({ name: objectName(pod.object), status: statusOf(pod.judged) })));
  const listening = (port: string) => {
    const found = new Map<number, Set<string>>();
    for (const { name, status } of statuses()) {
      const number = portOf(status, port);
      if (number !== undefined) found.set(number, (found.get(number) ?? new Set()).add(name));
    }
    return found;
  };
  const byPort = { metrics: once(() => listening('metrics')), haproxy: once(() => listening('haproxy')) };
  return {
    names: [...new Set(pods.map(({ object }) => objectName(object)))],
    listening: (port) => byPort[port](),
    isInjected: once(() => statuses().some(({ status }) => status !== undefined)),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** What the status annotation of an injected pod will say, or says already. */
export function statusOf({ place, outcome }: Judged): JsonObject | undefined {
  const path = pointer('metadata', 'annotations', managedAnnotation.status);
  const said = outcome.patch.flatMap((one) => {
    if (one.op === 'remove') return [];
    if (one.path === path) return [one.value];
    const whole = one.path === '/metadata/annotations' ? objectOf(one.value)?.[managedAnnotation.status] : undefined;
    return whole === undefined ? [] : [whole];
  });
  const status = said.at(-1) ?? objectOf(objectOf(place.value.metadata)?.annotations)?.[managedAnnotation.status];
  const json = readStatus(textOf(status));
  return json?.injected === true ? json : undefined;
}
