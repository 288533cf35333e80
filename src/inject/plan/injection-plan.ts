import { settingOf } from '../../contract/annotation.ts';
import { type KindName, metricsPortName } from '../../contract/names.ts';
import { sidecarFlags } from '../../contract/sidecar.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import { quote } from '../../flags/codec.ts';
import { objectsOf } from '../../json/json.ts';
import { type KindSettings, kindFlags, type SidecarCommand } from '../../kinds/command.ts';
import { type Mapping, noMapping, planMapping } from '../../kinds/injection/mapping.ts';
import { type ProxyPlan, planProxy } from '../../kinds/injection/proxy.ts';
import type { Reason } from '../outcome/outcome.ts';
import { reason } from '../outcome/reason-text.ts';
import { declaredPorts } from '../pod/declared-ports.ts';
import { gracePeriodSeconds, runsToCompletion } from '../pod/lifetime.ts';
import type { Facts } from '../pod/namespace-facts.ts';
import type { Pod } from '../pod/pod.ts';
import { isScraped, readScrapeAnnotations } from '../pod/scrape-annotations.ts';
import { flagSettings, type Request } from '../request/request.ts';
import type { InjectSettings } from '../request/settings.ts';
import { withDefaults } from '../resources/limit-range.ts';
import { resourceSettings } from '../resources/resource-settings.ts';
import { type ContainerResources, fitResources } from '../resources/resources.ts';
import { variables } from './environment.ts';
import { proxyGrace, sidecarGrace } from './grace.ts';
import { decideNative } from './native.ts';
import { choosePorts, takenPorts, takeTcp } from './ports.ts';
import { planScrape, type ScrapePlan } from './scrape-plan.ts';
import { wantedPorts } from './wanted-ports.ts';

/** Everything that was decided about a pod; nothing is built yet. */
export interface Plan {
  readonly kinds: readonly KindName[];
  readonly native: boolean;
  readonly command: SidecarCommand;
  /** What listens where, as the status annotation calls it. */
  readonly ports: ReadonlyMap<string, number>;
  readonly resources: ReadonlyMap<string, ContainerResources>;
  readonly mapping: Mapping;
  readonly proxy: ProxyPlan | undefined;
  readonly scrape: ScrapePlan;
  /** Environment of the application. */
  readonly variables: ReadonlyMap<string, string>;
  /** Errors among them: the plan is not carried out. */
  readonly reasons: readonly Reason[];
}

/** Plans what to add to a pod that no rule keeps from it. All problems are found, not only the first. */
export function planPod(pod: Pod, request: Request, facts: Facts, settings: InjectSettings): Plan {
  const kinds = request.asked || [];
  const proxy = kinds.includes('haproxy') ? planProxy(pod, request) : undefined;
  const mapping = kinds.includes('statsd') ? planMapping(pod, request) : noMapping;
  const decision = decideNative(
    settingOf(request, sidecarAnnotations.native),
    proxy?.name !== undefined,
    facts.kubelets,
    settings,
  );
  const { ports, scrape, reasons: found } = planPorts(pod, request, kinds, proxy, settings);
  const commanded = planCommand(pod, request, { kinds, ports, mapping, proxy, scrape, native: decision.native });
  const { limitRanges } = facts.namespace;
  const fit = fitResources(
    withDefaults(pod, limitRanges),
    { native: decision.native, inits: initCount(mapping, proxy) },
    resourceSettings(request, kinds),
    limitRanges,
  );
  const upstreams = commanded.command.kinds.haproxy?.upstreams ?? [];
  return {
    kinds,
    native: decision.native,
    command: commanded.command,
    ports,
    resources: fit.resources,
    mapping,
    proxy,
    scrape,
    variables: settingOf(request, sidecarAnnotations.env).value ? variables(ports, upstreams) : new Map(),
    reasons: [
      ...decision.reasons,
      ...jobReasons(pod, request, kinds, decision.native),
      ...(proxy?.reasons ?? []),
      ...mapping.reasons,
      ...found,
      ...scrape.reasons,
      ...commanded.reasons,
      ...fit.reasons,
    ],
  };
}

/** Init containers of ours that end before the application starts. */
function initCount(mapping: Mapping, proxy: ProxyPlan | undefined): number {
  return (mapping.copyFrom === undefined ? 0 : 1) + (proxy === undefined ? 0 : 1);
}

/**
 * A plain container beside a Job's keeps the Job from finishing; only who says so on the pod itself gets one, and ends it
 * by POST /-/quit. HAProxy cannot be ended so.
 */
function jobReasons(pod: Pod, request: Request, kinds: readonly KindName[], native: boolean): Reason[] {
  if (native || !runsToCompletion(pod)) return [];
  const asked = settingOf(request, sidecarAnnotations.native);
  const wanted = asked.source === 'annotation' && asked.value === 'false' && !kinds.includes('haproxy');
  const code = wanted ? 'job_classic' : 'job_without_native';
  return [reason(code, sidecarAnnotations.native.key)];
}

function planPorts(
  pod: Pod,
  request: Request,
  kinds: readonly KindName[],
  proxy: ProxyPlan | undefined,
  { discovery }: InjectSettings,
): { readonly ports: ReadonlyMap<string, number>; readonly scrape: ScrapePlan; readonly reasons: readonly Reason[] } {
  const annotations = readScrapeAnnotations(pod.annotations);
  const metrics = settingOf(request, sidecarAnnotations['metrics-port']);
  const taken = takenPorts(pod);
  if (proxy !== undefined && proxy.appPort > 0) takeTcp(taken, proxy.appPort, 'the application');
  // Who is scraped there listens there, declared or not; unless the pod itself says that it is the sidecar's port.
  const isOurs = metrics.source === 'annotation' && metrics.value === annotations.port;
  if (annotations.port !== undefined && isScraped(annotations) && !isOurs)
    takeTcp(taken, annotations.port, 'the page of prometheus.io/port');
  const { ports, reasons } = choosePorts(taken, wantedPorts(request, kinds));
  const merge = settingOf(request, sidecarAnnotations['merge-app-metrics']).value;
  const declared = declaredPorts(pod).map(({ port }) => port);
  const scrape = planScrape(annotations, ports.get('metrics')!, merge, declared, discovery);
  return { ports, scrape, reasons: [...reasons, ...sameName(pod)] };
}

/** A port of our name elsewhere would be taken for our page by everything that goes by names. */
function sameName({ containers, initContainers }: Pod): Reason[] {
  return [...containers, ...initContainers]
    .filter(({ json }) => objectsOf(json.ports).some(({ name }) => name === metricsPortName))
    .map(({ name }) => reason('port_name_taken', metricsPortName, `container ${quote(name)}`));
}

interface Decided {
  readonly kinds: readonly KindName[];
  readonly ports: ReadonlyMap<string, number>;
  readonly mapping: Mapping;
  readonly proxy: ProxyPlan | undefined;
  readonly scrape: ScrapePlan;
  readonly native: boolean;
}

/** The settings that the sidecar's process will parse. */
function planCommand(
  pod: Pod,
  request: Request,
  { kinds, ports, mapping, proxy, scrape, native }: Decided,
): { readonly command: SidecarCommand; readonly reasons: readonly Reason[] } {
  const base = flagSettings(request, 'sidecar', sidecarFlags);
  const end = { native, seconds: gracePeriodSeconds(pod), runsToCompletion: runsToCompletion(pod) };
  const { reasons, ...waits } = sidecarGrace(base, request, end);
  const shared = {
    ...base,
    webListenAddress: { host: '', port: ports.get('metrics')! },
    logLevel: settingOf(request, sidecarAnnotations['log-level']).value,
    mergeAppUrl: scrape.mergeUrl,
    webEnableLifecycle: !native && end.runsToCompletion,
    ...waits,
  };
  const loopback = (name: string) => ({ host: '127.0.0.1', port: ports.get(name)! });
  const statsd = (): KindSettings['statsd'] => ({
    ...flagSettings(request, 'statsd', kindFlags.statsd),
    listenUdp: loopback('statsd-udp'),
    listenTcp: loopback('statsd-tcp'),
    mappingConfig: mapping.config,
  });
  const ingest = (): KindSettings['ingest'] => {
    const own = flagSettings(request, 'ingest', kindFlags.ingest);
    const address = loopback('ingest');
    return { ...own, listenAddress: own.allowRemote ? { ...address, host: '' } : address };
  };
  const haproxy = proxy === undefined ? undefined : planHaproxy(pod, request, ports, proxy);
  const settings: Partial<KindSettings> = {
    ...(kinds.includes('statsd') && { statsd: statsd() }),
    ...(kinds.includes('ingest') && { ingest: ingest() }),
    ...(kinds.includes('port-monitor') && {
      'port-monitor': flagSettings(request, 'port-monitor', kindFlags['port-monitor']),
    }),
    ...(haproxy !== undefined && { haproxy: haproxy.settings }),
  };
  return { command: { shared, kinds: settings }, reasons: [...reasons, ...(haproxy?.reasons ?? [])] };
}

function planHaproxy(pod: Pod, request: Request, ports: ReadonlyMap<string, number>, proxy: ProxyPlan) {
  const base = flagSettings(request, 'haproxy', kindFlags.haproxy);
  const { grace, hardStopAfter, reasons } = proxyGrace(base, request, gracePeriodSeconds(pod));
  const settings: KindSettings['haproxy'] = {
    ...base,
    appPort: proxy.appPort > 0 ? proxy.appPort : base.appPort,
    listenPort: ports.get('haproxy')!,
    exporterPort: ports.get('haproxy-exporter')!,
    grace,
    hardStopAfter,
  };
  return { settings, reasons };
}
