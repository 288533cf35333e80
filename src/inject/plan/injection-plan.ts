import { settingOf } from '../../contract/annotation.ts';
import { type KindName, metricsPortName } from '../../contract/names.ts';
import { sidecarFlags } from '../../contract/sidecar.ts';
import { sidecarAnnotations } from '../../contract/sidecar-annotations.ts';
import { quote } from '../../flags/codec.ts';
import { objectsOf } from '../../json/json.ts';
import type { SidecarCommand, SidecarSettings } from '../../kinds/command.ts';
import type { Destination } from '../../kinds/injection/destination.ts';
import type {
  Decisions,
  KindParts,
  KindPlan,
  Ports,
  RunningContainer,
  Share,
  Takeover,
} from '../../kinds/injection/kind-plan.ts';
import { portOf } from '../../kinds/injection/wanted-port.ts';
import type { Kind } from '../../kinds/kind.ts';
import { kinds } from '../../kinds/kinds.ts';
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
import { firstOfEach } from './environment.ts';
import { sidecarGrace } from './grace.ts';
import { type MeshPlan, planMeshBypass } from './mesh-plan.ts';
import { decideNative } from './native.ts';
import { choosePorts, takenPorts, takeTcp } from './ports.ts';
import { planScrape, type ScrapePlan } from './scrape-plan.ts';
import { servedContainers } from './served-containers.ts';
import { chooseUser, type UserChoice } from './user.ts';
import { wantedPorts } from './wanted-ports.ts';

/** Everything that was decided about a pod; nothing is built yet. */
export interface Plan {
  /** The pod, with the containers that are served. */
  readonly pod: Pod;
  readonly kinds: readonly KindName[];
  readonly native: boolean;
  readonly command: SidecarCommand;
  readonly ports: Ports;
  readonly resources: ReadonlyMap<string, ContainerResources>;
  /** Directories and variables that the kinds share with the application, in the order of the kinds. */
  readonly shares: readonly Share[];
  /** Containers of ours that keep running beside the sidecar. */
  readonly containers: readonly RunningContainer[];
  /** The name of a port of the application that moves to one of these containers. */
  readonly takeover: Takeover | undefined;
  /** The decisions of the kinds, for the status annotation. */
  readonly decisions: Decisions;
  readonly scrape: ScrapePlan;
  readonly mesh: MeshPlan;
  readonly user: UserChoice;
  /** The listeners that the application is told of by variables. */
  readonly destinations: readonly Destination[];
  /** Names that earlier versions gave the application beside these. */
  readonly retired: readonly string[];
  /** Errors among them: the plan is not carried out. */
  readonly reasons: readonly Reason[];
}

/** A kind that is asked for, and its plan for the pod. */
interface Planned {
  readonly kind: Kind;
  readonly plan: KindPlan<AnySettings>;
}

type AnySettings = SidecarCommand['segments'][number]['settings'];

/** Plans what to add to a pod that no rule keeps from it. All problems are found, not only the first. */
export function planPod(read: Pod, request: Request, facts: Facts, settings: InjectSettings): Plan {
  const asked = request.asked || [];
  const choice = servedContainers(read, request);
  const pod = choice.served === read.served ? read : { ...read, served: choice.served };
  const planned = kinds
    .filter(({ name }) => asked.includes(name))
    .map((kind): Planned => ({ kind, plan: kind.injection.plan(pod, request) }));
  const takeover = planned.find(({ plan }) => plan.takeover !== undefined)?.plan.takeover;
  const decision = decideNative(
    settingOf(request, sidecarAnnotations.native),
    takeover !== undefined,
    facts.kubelets,
    settings,
  );
  const { ports, scrape, reasons: found } = planPorts(pod, request, planned, settings);
  const mesh = planMeshBypass(pod, request, portOf(ports, 'metrics'));
  const sidecar = planSidecar(pod, request, ports, scrape, decision.native);
  const parts = planned.map(({ kind, plan }) =>
    plan.complete(flagSettings(request, kind.name, kind.flags), ports, decision.native),
  );
  const shares: Share[] = [];
  const containers: RunningContainer[] = [];
  const later: Reason[] = [];
  for (const part of parts) {
    shares.push(...part.shares);
    containers.push(...part.containers);
    later.push(...part.reasons);
  }
  const fit = fitResources(
    withDefaults(pod, facts.namespace.limitRanges),
    { native: decision.native, inits: shares.reduce((sum, { inits }) => sum + inits.length, 0) },
    resourceSettings(request, containers),
    facts.namespace,
  );
  const told = appDestinations(request, planned, shares, ports);
  const isServing =
    told.destinations.length > 0 || takeover !== undefined || shares.some(({ appMounts }) => appMounts.size > 0);
  return {
    pod,
    kinds: asked,
    native: decision.native,
    command: {
      shared: sidecar.settings,
      segments: planned.map(({ kind }, i) => ({ kind, settings: parts[i]!.settings })),
    },
    ports,
    resources: fit.resources,
    shares,
    containers,
    takeover,
    decisions: decisionsOf(planned, parts),
    scrape,
    mesh,
    user: chooseUser(pod, facts.namespace.user, settings),
    ...told,
    reasons: [
      ...decision.reasons,
      ...jobReasons(pod, request, containers, decision.native),
      ...choice.errors,
      ...plannedReasons(planned),
      ...found,
      ...scrape.reasons,
      ...mesh.reasons,
      ...sidecar.reasons,
      ...(isServing ? choice.passedOver : []),
      ...later,
      ...fit.reasons,
    ],
  };
}

/** The reasons about kinds with containers of their own come first: such a container stands before the application. */
function plannedReasons(planned: readonly Planned[]): Reason[] {
  const first: Reason[] = [];
  const rest: Reason[] = [];
  for (const { kind, plan } of planned) (kind.injection.names.running.length > 0 ? first : rest).push(...plan.reasons);
  return rest.length === 0 ? first : [...first, ...rest];
}

/** The decisions of each kind; a kind that is not asked for has those of its own without a plan. */
function decisionsOf(planned: readonly Planned[], parts: readonly KindParts<AnySettings>[]): Decisions {
  const decisions: Record<string, string> = {};
  for (const kind of kinds) {
    const at = planned.findIndex((one) => one.kind === kind);
    Object.assign(decisions, at < 0 ? kind.injection.decisions : parts[at]!.decisions);
  }
  return decisions;
}

function appDestinations(
  request: Request,
  planned: readonly Planned[],
  shares: readonly Share[],
  ports: Ports,
): Pick<Plan, 'destinations' | 'retired'> {
  if (!settingOf(request, sidecarAnnotations.env).value) return { destinations: [], retired: [] };
  const destinations = firstOfEach(shares.map((share) => share.destinations));
  const retired: string[] = [];
  for (const { kind } of planned) {
    for (const name of kind.injection.retiredEnvironment(ports).keys())
      if (!destinations.some(({ variables }) => variables.has(name))) retired.push(name);
  }
  return { destinations, retired };
}

/**
 * A plain container beside a Job's keeps the Job from finishing. Only a pod that asks for it itself gets one: its
 * application ends the sidecar by POST /-/quit, which ends no other container of ours.
 */
function jobReasons(pod: Pod, request: Request, containers: readonly RunningContainer[], native: boolean): Reason[] {
  if (native || !runsToCompletion(pod)) return [];
  const asked = settingOf(request, sidecarAnnotations.native);
  const wanted = asked.source === 'annotation' && asked.value === 'false' && containers.length === 0;
  const code = wanted ? 'job_classic' : 'job_without_native';
  return [reason(code, sidecarAnnotations.native.key)];
}

function planPorts(
  pod: Pod,
  request: Request,
  planned: readonly Planned[],
  { discovery }: InjectSettings,
): { readonly ports: Ports; readonly scrape: ScrapePlan; readonly reasons: readonly Reason[] } {
  const annotations = readScrapeAnnotations(pod.annotations);
  const metrics = settingOf(request, sidecarAnnotations['metrics-port']);
  const taken = takenPorts(pod);
  for (const { plan } of planned) if (plan.appPort !== undefined) takeTcp(taken, plan.appPort, 'the application');
  // A page that is scraped there listens there, declared or not; unless the pod says that it is the sidecar's port.
  const isOurs = metrics.source === 'annotation' && metrics.value === annotations.port;
  if (annotations.port !== undefined && isScraped(annotations) && !isOurs)
    takeTcp(taken, annotations.port, 'the page of prometheus.io/port');
  const wanted = wantedPorts(
    request,
    planned.map(({ kind }) => kind),
  );
  const { ports, reasons } = choosePorts(taken, wanted);
  const merge = settingOf(request, sidecarAnnotations['merge-app-metrics']).value;
  const declared = declaredPorts(pod).map(({ port }) => port);
  const scrape = planScrape(annotations, portOf(ports, 'metrics'), merge, declared, discovery);
  return { ports, scrape, reasons: [...reasons, ...sameName(pod)] };
}

/** A port of our name elsewhere would be taken for our page by everything that goes by names. */
function sameName({ containers, initContainers }: Pod): Reason[] {
  return [...containers, ...initContainers]
    .filter(({ json }) => objectsOf(json.ports).some(({ name }) => name === metricsPortName))
    .map(({ name }) => reason('port_name_taken', metricsPortName, `container ${quote(name)}`));
}

/** The shared settings of the sidecar's process. */
function planSidecar(
  pod: Pod,
  request: Request,
  ports: Ports,
  scrape: ScrapePlan,
  native: boolean,
): { readonly settings: SidecarSettings; readonly reasons: readonly Reason[] } {
  const base = flagSettings(request, 'sidecar', sidecarFlags);
  const end = { native, seconds: gracePeriodSeconds(pod), runsToCompletion: runsToCompletion(pod) };
  const { reasons, ...waits } = sidecarGrace(base, request, end);
  const settings = {
    ...base,
    webListenAddress: { host: '', port: portOf(ports, 'metrics') },
    logLevel: settingOf(request, sidecarAnnotations['log-level']).value,
    mergeAppUrl: scrape.mergeUrl,
    webEnableLifecycle: !native && end.runsToCompletion,
    ...waits,
  };
  return { settings, reasons };
}
