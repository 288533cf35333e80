import type { Annotation } from '../../contract/annotation.ts';
import { serviceAnnotations } from '../../contract/service-annotations.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import { lintReasons, type ReasonCode } from '../../inject/outcome/reasons.ts';
import { objectOf, textsOf } from '../../json/json.ts';
import type { ClusterContext } from '../evaluate/cluster-context.ts';
import type { LocatedEvaluation } from '../evaluate/evaluate.ts';
import type { DocumentFinding } from './lint-finding.ts';
import { lintRoute } from './lint-routes.ts';
import type { SelectedPods, SelectPods } from './selected-pods.ts';
import { listed, mostListed } from './sentences.ts';

const { scrape, 'scrape-port': scrapePort, route, 'route-port': routePort } = serviceAnnotations;
const metricsPort = sidecarAnnotations['metrics-port'];

/** The reasons of the engine about a route: beside them a Service is read further. */
const routeCodes: ReadonlySet<ReasonCode> = new Set([
  ...(['service_named_port', 'service_number', 'service_proxy_number'] as const),
  ...(['service_not_http', 'service_restored', 'service_retired'] as const),
]);

/**
 * Services whose annotations lead to a page that no selected pod has, or that the pods have at another port, and
 * Services that do not lead through the HAProxy of their pods. Services whose pods are not among the manifests have no
 * findings.
 */
export function lintServices(
  evaluations: readonly LocatedEvaluation[],
  selectPods: SelectPods,
  cluster: ClusterContext,
): readonly DocumentFinding[] {
  const services = evaluations.filter(
    ({ evaluation: { subject, outcome } }) =>
      subject === 'service' && outcome.reasons.every(({ code }) => routeCodes.has(code)),
  );
  return services.flatMap((service) => {
    const annotations = textsOf(objectOf(service.object.value.metadata)?.annotations);
    const wants = (annotation: Annotation<boolean>) => annotations.get(annotation.key) === 'true';
    const pods = wants(scrape) || wants(route) ? selectPods(service) : undefined;
    if (pods === undefined || pods.names.length === 0) return [];
    return [
      ...(wants(scrape) ? lintScrape(service, annotations, pods, cluster) : []),
      ...(wants(route) ? routed(service, annotations, pods) : []),
    ];
  });
}

function lintScrape(
  service: LocatedEvaluation,
  annotations: ReadonlyMap<string, string>,
  pods: SelectedPods,
  { settings }: ClusterContext,
): readonly DocumentFinding[] {
  const listening = pods.listening('metrics');
  if (listening.size === 0) return [withoutSidecar(service, scrape.key, listed(pods.names))];
  const expected =
    parsed(scrapePort, annotations.get(scrapePort.key)) ??
    parsed(metricsPort, settings.defaults.get(metricsPort.key)) ??
    scrapePort.default;
  const others = otherPorts(listening, expected);
  if (others.length === 0) return [];
  const advice =
    listening.size === 1
      ? `Write ${scrapePort.key}: "${[...listening.keys()][0]}".`
      : `Give all pods behind the Service the same ${metricsPort.key}.`;
  const key = annotations.has(scrapePort.key) ? scrapePort.key : scrape.key;
  return [atAnnotation(service, 'service_other_port', key, `${others}, not ${expected}`, advice)];
}

function routed(
  service: LocatedEvaluation,
  annotations: ReadonlyMap<string, string>,
  pods: SelectedPods,
): readonly DocumentFinding[] {
  if (pods.listening('haproxy').size === 0) {
    const detail = `${listed(pods.names)}${pods.isInjected() ? ', not with haproxy' : ''}`;
    return [withoutSidecar(service, route.key, detail, 'Ask for haproxy on the pods, or drop the annotation.')];
  }
  return lintRoute(service, parsed(routePort, annotations.get(routePort.key)), pods.ports());
}

function withoutSidecar(
  service: LocatedEvaluation,
  key: string,
  detail: string,
  advice: string = lintReasons.service_without_sidecar.action,
): DocumentFinding {
  return atAnnotation(service, 'service_without_sidecar', key, detail, advice);
}

function atAnnotation(
  { document, object }: LocatedEvaluation,
  code: keyof typeof lintReasons,
  key: string,
  detail: string,
  advice: string,
): DocumentFinding {
  const path = [...object.path, 'metadata', 'annotations', key];
  return { document, object, path, code, sentence: `${key}: ${lintReasons[code].sentence}: ${detail}`, advice };
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
