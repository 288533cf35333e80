import type { Annotation } from '../../contract/annotation.ts';
import { serviceAnnotations } from '../../contract/service-annotations.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import { lintReasons } from '../../inject/outcome/reasons.ts';
import { objectOf, textsOf } from '../../json/json.ts';
import { kindAnnotations } from '../../kinds/annotations.ts';
import type { Knowledge } from '../evaluate/cluster-context.ts';
import type { Found } from './lint-finding.ts';
import type { JudgedAt } from './lint-pods.ts';
import type { PodsBehind, SelectedPods } from './selected-pods.ts';
import { listed, mostListed } from './sentences.ts';

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
export function lintServices(some: readonly JudgedAt[], behind: PodsBehind, knowledge: Knowledge): readonly Found[] {
  const services = some.filter((one) => one.judged.subject === 'service' && one.judged.outcome.reasons.length === 0);
  return services.flatMap((service) => {
    const pods = behind(service);
    return pods.names.length === 0 ? [] : ways.flatMap((way) => lintWay(service, pods, way, knowledge));
  });
}

function lintWay(
  service: JudgedAt,
  pods: SelectedPods,
  { asks, sets, pods: podSetting, port: name }: Way,
  { settings }: Knowledge,
): readonly Found[] {
  const { document, object } = service;
  const annotations = textsOf(objectOf(object.value.metadata)?.annotations);
  if (annotations.get(asks.key) !== 'true') return [];
  const said = (code: keyof typeof lintReasons, key: string, detail: string, advice: string): Found => {
    const path = [...object.path, 'metadata', 'annotations', key];
    return { document, object, path, code, sentence: `${key}: ${lintReasons[code].sentence}: ${detail}`, advice };
  };
  const listening = pods.listening(name);
  if (listening.size === 0) {
    const isSomething = name === 'haproxy' && pods.isInjected();
    const detail = `${listed(pods.names)}${isSomething ? ', not with haproxy' : ''}`;
    const advice = name === 'haproxy' ? 'Ask for haproxy on the pods, or drop the annotation.' : undefined;
    return [said('service_without_sidecar', asks.key, detail, advice ?? lintReasons.service_without_sidecar.action)];
  }
  const wanted =
    parsed(sets, annotations.get(sets.key)) ??
    parsed(podSetting, settings.defaults.get(podSetting.key)) ??
    sets.default;
  const others = portsBut(listening, wanted);
  if (others.length === 0) return [];
  const detail = `${others}, not ${wanted}`;
  const advice =
    listening.size === 1
      ? `Write ${sets.key}: "${[...listening.keys()][0]}".`
      : `Give all pods behind the Service the same ${podSetting.key}.`;
  return [said('service_other_port', annotations.has(sets.key) ? sets.key : asks.key, detail, advice)];
}

/** The pods that listen elsewhere, as a sentence has them; empty where there are none. */
function portsBut(listening: ReadonlyMap<number, ReadonlySet<string>>, wanted: number): string {
  const told: string[] = [];
  let rest = 0;
  for (const [port, names] of listening) {
    if (port === wanted) continue;
    const some = [...names].slice(0, mostListed - told.length);
    told.push(...some.map((name) => `${name} on ${port}`));
    rest += names.size - some.length;
  }
  return listed(told, rest);
}

function parsed<T>(annotation: Annotation<T>, text: string | undefined): T | undefined {
  const result = text === undefined ? undefined : annotation.codec.parse(text);
  return result?.ok ? result.value : undefined;
}
