import {
  byAnnotations,
  container,
  type KindName,
  label,
  managedAnnotation,
  metricsPath,
  metricsPortName,
  scrapeAnnotation,
} from '../../contract/names.ts';
import { environment } from '../../inject/plan/environment.ts';
import type { Plan } from '../../inject/plan/injection-plan.ts';
import type { JsonObject } from '../../json/json.ts';
import { kindNamed } from '../../kinds/kind-names.ts';

/** The pod as a target of Prometheus. */
export interface Target {
  readonly port: number;
  readonly path: string;
  readonly portName: string;
  /** The owner of the pod's `prometheus.io` annotations. */
  readonly annotations: 'ours' | 'theirs' | 'merged' | 'off';
  /** Whether a scrape job that follows those annotations reaches the page. */
  readonly reachedByAnnotations: boolean;
  /** The application's page that is served with ours. */
  readonly merged?: string;
}

export function targetOf(plan: Plan): Target {
  const { decision, mergeUrl, set } = plan.scrape;
  return {
    port: plan.ports.get('metrics')!,
    path: metricsPath,
    portName: metricsPortName,
    annotations: decision,
    reachedByAnnotations: set.get(managedAnnotation.scrapedBy) === byAnnotations,
    ...(mergeUrl !== undefined && { merged: mergeUrl }),
  };
}

/** The target in sentences. */
export function targetSentences({ port, path, portName, annotations, reachedByAnnotations, merged }: Target): string[] {
  const byPort = `the label ${label.injected} and the port ${portName}: a PodMonitor (the chart has one), or the job of metrics-sidecar scrape-config`;
  const reached = reachedByAnnotations
    ? `Jobs that go by ${scrapeAnnotation.scrape}, as the stock one does, scrape it; others find it by ${byPort}.`
    : `Jobs that go by ${scrapeAnnotation.scrape} do not reach it; it is found by ${byPort}.`;
  const whose = {
    ours: [],
    merged: [`The application's ${scrapeAnnotation.port} is led to this page.`],
    theirs: ["The prometheus.io annotations are the application's, and stay."],
    off: ['The settings file says discovery: none, so no prometheus.io annotations are written.'],
  }[annotations];
  const page = merged === undefined ? [] : [`The application's own page, ${merged}, is served with it.`];
  return [`One page: http://POD:${port}${path}.`, ...page, ...whose, reached];
}

/** The source of a kind's metrics; `examples` are names of metrics of the kind about itself. */
export function metricsSentence(name: KindName, examples: readonly string[]): string {
  const own = examples.length === 0 ? '' : `, beside ${examples.join(', ')}, …`;
  return `${name}: ${kindNamed(name)?.shows ?? ''}${own}`;
}

/** The environment variables that a container of the application gets. */
export interface AppVariables {
  readonly container: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Variables of our destinations that the container defines itself; their values stay. */
  readonly kept: readonly string[];
}

export function appVariables(plan: Plan): readonly AppVariables[] {
  const { added, own } = environment(plan.pod, plan);
  return plan.pod.served.map(({ name }) => ({
    container: name,
    variables: variablesOf(added.find((one) => one.container.name === name)?.env ?? []),
    kept: own.get(name) ?? [],
  }));
}

function variablesOf(env: readonly JsonObject[]): Readonly<Record<string, string>> {
  return Object.fromEntries(env.map(({ name, value }) => [String(name), String(value)]));
}

/** The added containers and how they run, in a sentence. */
export function placementSentence({ native, containers, takeover }: Plan): string {
  const names = [container.sidecar, ...containers.map(({ name }) => name)];
  const runs = native
    ? 'native sidecar, an init container that keeps running and ends with the pod'
    : 'plain container at the end of the list';
  const portSentence = takeover === undefined ? '' : ` HAProxy takes over the port name ${takeover.name}.`;
  return `${names.join(' and ')}: ${names.length === 1 ? `a ${runs}` : `each a ${runs}`}.${portSentence}`;
}
