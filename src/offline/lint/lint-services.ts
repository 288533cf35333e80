import type { Annotation } from '../../contract/annotation.ts';
import { serviceAnnotations } from '../../contract/service-annotations.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import { lintReasons } from '../../inject/outcome/reasons.ts';
import { objectOf, textsOf } from '../../json/json.ts';
import { haproxyAnnotations } from '../../kinds/haproxy.ts';
import type { ClusterContext } from '../evaluate/cluster-context.ts';
import type { LocatedEvaluation } from '../evaluate/evaluate.ts';
import type { DocumentFinding } from './lint-finding.ts';
import type { SelectedPods, SelectPods } from './selected-pods.ts';
import { listed, mostListed } from './sentences.ts';

const { scrape, 'scrape-port': scrapePort, route, 'route-target': routeTarget } = serviceAnnotations;

/** A page of the selected pods that an annotation of a Service leads to. */
interface ServiceTarget {
  /** The annotation that asks for it, and the one that sets its port. */
  readonly asks: Annotation<boolean>;
  readonly sets: Annotation<number>;
  /** The annotation of pods whose default counts where the Service sets no port. */
  readonly pods: Annotation<number>;
  /** The port's name in the status of an injected pod. */
  readonly port: 'metrics' | 'haproxy';
}

const targets: readonly ServiceTarget[] = [
  { asks: scrape, sets: scrapePort, pods: sidecarAnnotations['metrics-port'], port: 'metrics' },
  { asks: route, sets: routeTarget, pods: haproxyAnnotations['listen-port'], port: 'haproxy' },
];

/**
 * Services whose annotations lead to a page that no selected pod has, or that the pods have at another port. Services
 * whose pods are not among the manifests have no findings.
 */
export function lintServices(
  evaluations: readonly LocatedEvaluation[],
  selectPods: SelectPods,
  cluster: ClusterContext,
): readonly DocumentFinding[] {
  const services = evaluations.filter(
    (one) => one.evaluation.subject === 'service' && one.evaluation.outcome.reasons.length === 0,
  );
  return services.flatMap((service) => {
    const pods = selectPods(service);
    return pods.names.length === 0 ? [] : targets.flatMap((target) => lintTarget(service, pods, target, cluster));
  });
}

function lintTarget(
  service: LocatedEvaluation,
  pods: SelectedPods,
  { asks, sets, pods: podSetting, port: name }: ServiceTarget,
  { settings }: ClusterContext,
): readonly DocumentFinding[] {
  const { document, object } = service;
  const annotations = textsOf(objectOf(object.value.metadata)?.annotations);
  if (annotations.get(asks.key) !== 'true') return [];
  const finding = (code: keyof typeof lintReasons, key: string, detail: string, advice: string): DocumentFinding => {
    const path = [...object.path, 'metadata', 'annotations', key];
    return { document, object, path, code, sentence: `${key}: ${lintReasons[code].sentence}: ${detail}`, advice };
  };
  const listening = pods.listening(name);
  if (listening.size === 0) {
    const isSomething = name === 'haproxy' && pods.isInjected();
    const detail = `${listed(pods.names)}${isSomething ? ', not with haproxy' : ''}`;
    const advice = name === 'haproxy' ? 'Ask for haproxy on the pods, or drop the annotation.' : undefined;
    return [finding('service_without_sidecar', asks.key, detail, advice ?? lintReasons.service_without_sidecar.action)];
  }
  const expected =
    parsed(sets, annotations.get(sets.key)) ??
    parsed(podSetting, settings.defaults.get(podSetting.key)) ??
    sets.default;
  const others = otherPorts(listening, expected);
  if (others.length === 0) return [];
  const detail = `${others}, not ${expected}`;
  const advice =
    listening.size === 1
      ? `Write ${sets.key}: "${[...listening.keys()][0]}".`
      : `Give all pods behind the Service the same ${podSetting.key}.`;
  return [finding('service_other_port', annotations.has(sets.key) ? sets.key : asks.key, detail, advice)];
}

/** The pods that listen at other ports, for a sentence; an empty text if every pod listens at the expected one. */
function otherPorts(listening: ReadonlyMap<number, ReadonlySet<string>>, expected: number): string {
  const words: string[] = [];
  let rest = 0;
  for (const [port, names] of listening) {
    if (port === expected) continue;
    const some = [...names].slice(0, mostListed - words.length);
    words.push(...some.map((name) => `${name} on ${port}`));
    rest += names.size - some.length;
  }
  return listed(words, rest);
}

function parsed<T>(annotation: Annotation<T>, text: string | undefined): T | undefined {
  const result = text === undefined ? undefined : annotation.codec.parse(text);
  return result?.ok ? result.value : undefined;
}
