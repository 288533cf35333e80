import type { Annotation } from '../contract/annotation.ts';
import { kindAnnotations, serviceAnnotations, sidecarAnnotations } from '../contract/annotations.ts';
import { written } from '../contract/names.ts';
import { type JsonObject, numberOf, objectOf, textOf, textsOf } from '../inject/json.ts';
import { pointer } from '../inject/operation.ts';
import { readStatus } from '../inject/pod.ts';
import { lintReasons } from '../inject/reasons.ts';
import type { Judged } from './examine.ts';
import type { Knowledge } from './knowledge.ts';
import type { Found } from './lint-finding.ts';
import type { JudgedAt } from './lint-pods.ts';
import { listed, objectName } from './sentences.ts';

const { scrape, 'scrape-port': scrapePort, route, 'route-target': routeTarget } = serviceAnnotations;

/** What a Service leads to in the pods behind it. */
interface Way {
  /** The annotation that asks, and the one that sets the port. */
  readonly asks: Annotation<boolean>;
  readonly sets: Annotation<number>;
  /** The pods' annotation whose default counts where the Service sets none. */
  readonly pods: Annotation<number>;
  /** The port, as the status of an injected pod calls it. */
  readonly port: 'metrics' | 'haproxy';
}

const ways: readonly Way[] = [
  { asks: scrape, sets: scrapePort, pods: sidecarAnnotations['metrics-port'], port: 'metrics' },
  { asks: route, sets: routeTarget, pods: kindAnnotations.haproxy['listen-port'], port: 'haproxy' },
];

/**
 * Services that cannot reach what they are annotated to lead to: no pod behind them has it, or has it elsewhere. Nothing
 * is said of a Service whose pods are not among the manifests.
 */
export function lintServices(
  some: readonly JudgedAt[],
  judged: readonly JudgedAt[],
  knowledge: Knowledge,
): readonly Found[] {
  const services = some.filter((one) => one.judged.subject === 'service' && one.judged.outcome.reasons.length === 0);
  return services.flatMap((service) => {
    const pods = podsBehind(service, judged, knowledge);
    return pods.length === 0 ? [] : ways.flatMap((way) => lintWay(service, pods, way, knowledge));
  });
}

/** The pods and pod templates among the manifests that a Service selects. */
export function podsBehind(
  { object }: JudgedAt,
  judged: readonly JudgedAt[],
  knowledge: Knowledge,
): readonly JudgedAt[] {
  const selector = [...textsOf(objectOf(object.value.spec)?.selector)];
  if (selector.length === 0) return [];
  const namespaceOf = (one: JudgedAt['object']) => knowledge.facts(one.namespace).namespace.name;
  return judged.filter((one) => {
    if (one.judged.subject === 'service' || namespaceOf(one.object) !== namespaceOf(object)) return false;
    const labels = textsOf(objectOf(one.judged.place.value.metadata)?.labels);
    return selector.every(([key, value]) => labels.get(key) === value);
  });
}

function lintWay(
  service: JudgedAt,
  pods: readonly JudgedAt[],
  { asks, sets, pods: podSetting, port: name }: Way,
  { settings }: Knowledge,
): readonly Found[] {
  const annotations = textsOf(objectOf(service.object.value.metadata)?.annotations);
  if (annotations.get(asks.key) !== 'true') return [];
  const { document, object } = service;
  const said = (code: keyof typeof lintReasons, key: string, detail: string, advice: string): Found => {
    const path = [...object.path, 'metadata', 'annotations', key];
    return { document, object, path, code, sentence: `${key}: ${lintReasons[code].sentence}: ${detail}`, advice };
  };
  const ports = pods.map((pod) => ({ name: objectName(pod.object), port: portOf(pod.judged, name) }));
  const listening = ports.filter(({ port }) => port !== undefined);
  if (listening.length === 0) {
    const isSomething = name === 'haproxy' && pods.some(({ judged }) => statusOf(judged) !== undefined);
    const detail = `${listed([...new Set(ports.map((one) => one.name))])}${isSomething ? ', not with haproxy' : ''}`;
    const advice = name === 'haproxy' ? 'Ask for haproxy on the pods, or drop the annotation.' : undefined;
    return [said('service_without_sidecar', asks.key, detail, advice ?? lintReasons.service_without_sidecar.action)];
  }
  const wanted =
    parsed(sets, annotations.get(sets.key)) ??
    parsed(podSetting, settings.defaults.get(podSetting.key)) ??
    sets.default;
  const others = listening.filter(({ port }) => port !== wanted);
  if (others.length === 0) return [];
  const distinct = new Set(listening.map(({ port }) => port));
  const detail = `${listed([...new Set(others.map((one) => `${one.name} on ${one.port}`))])}, not ${wanted}`;
  const advice =
    distinct.size === 1
      ? `Write ${sets.key}: "${[...distinct][0]}".`
      : `Give all pods behind the Service the same ${podSetting.key}.`;
  return [said('service_other_port', annotations.has(sets.key) ? sets.key : asks.key, detail, advice)];
}

function parsed<T>(annotation: Annotation<T>, text: string | undefined): T | undefined {
  const result = text === undefined ? undefined : annotation.codec.parse(text);
  return result?.ok ? result.value : undefined;
}

function portOf(judged: Judged, name: string): number | undefined {
  return numberOf(objectOf(statusOf(judged)?.ports)?.[name]);
}

/** What the status annotation of an injected pod will say, or says already. */
export function statusOf({ place, outcome }: Judged): JsonObject | undefined {
  const path = pointer('metadata', 'annotations', written.status);
  const said = outcome.patch.flatMap((one) => {
    if (one.op === 'remove') return [];
    if (one.path === path) return [one.value];
    const whole = one.path === '/metadata/annotations' ? objectOf(one.value)?.[written.status] : undefined;
    return whole === undefined ? [] : [whole];
  });
  const status = said.at(-1) ?? objectOf(objectOf(place.value.metadata)?.annotations)?.[written.status];
  const json = readStatus(textOf(status));
  return json?.injected === true ? json : undefined;
}
