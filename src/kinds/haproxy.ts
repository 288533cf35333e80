import { annotationKey, annotations, type GivenSettings, setting, settingOf } from '../contract/annotation.ts';
import { firstUpstreamPort, haproxyFlags, type Upstream, upstreamPortPrefix } from '../contract/haproxy.ts';
import { mergePrefix } from '../contract/metric-prefixes.ts';
import { container, mountPath, user, volume } from '../contract/names.ts';
import { containerSettings } from '../contract/sidecar-annotations.ts';
import { boolean, optional, port } from '../flags/codecs.ts';
import type { Settings } from '../flags/flag.ts';
import { portOrName } from '../flags/kubernetes-codecs.ts';
import { renderFlags } from '../flags/render-flags.ts';
import { gracePeriodSeconds } from '../inject/pod/lifetime.ts';
import type { JsonObject } from '../json/json.ts';
import { type Destination, noDestinations, urlDestination } from './injection/destination.ts';
import type { OwnContainer, Ports, RunningContainer, Share, WantedPort } from './injection/kind-plan.ts';
import { type ProxyPlan, planProxy } from './injection/proxy.ts';
import { proxyGrace } from './injection/proxy-grace.ts';
import { noVariables, portOf, wantedPort } from './injection/wanted-port.ts';
import { kind } from './kind.ts';

export const haproxyAnnotations = annotations('haproxy', {
  ...containerSettings('HAProxy', { image: 'docker.io/library/haproxy:3.0', memory: '64Mi', guaranteedCpu: '100m' }),
  'app-port': setting({
    codec: optional(portOrName),
    default: undefined as number | string | undefined,
    doc: "The application's port by number or name; without it the first TCP port that its containers declare.",
    example: 'http',
    flag: haproxyFlags.appPort.name,
  }),
  'listen-port': setting({
    codec: port,
    default: haproxyFlags.listenPort.default,
    doc: 'The port that HAProxy takes requests on. Where it was not set and is taken, the next free one is used.',
    example: '18000',
    flag: haproxyFlags.listenPort.name,
  }),
  'exporter-port': setting({
    codec: port,
    default: haproxyFlags.exporterPort.default,
    doc: "The port of HAProxy's own metrics page, on loopback. Where it was not set and is taken, the next free one is used.",
    example: '18404',
    flag: haproxyFlags.exporterPort.name,
  }),
  takeover: setting({
    codec: boolean,
    default: false,
    doc: "Move the name of the application's port to HAProxy's, so that every Service that uses the name leads through it.",
    example: 'true',
  }),
});

type HaproxySettings = Settings<typeof haproxyFlags>;

/** The annotation of the ambassador's upstreams. */
const upstreamsKey = annotationKey('haproxy', 'upstreams');

/** The ports of upstreams are fixed: a clash is an error, as it is with a port that an annotation asked for. */
function upstreamPorts({ given }: GivenSettings): WantedPort[] {
  const upstreams = (given.get(upstreamsKey)?.value as readonly Upstream[] | undefined) ?? [];
  return upstreams.map(({ name }, i) => ({
    name: upstreamPortPrefix + name,
    key: upstreamsKey,
    protocol: 'TCP',
    setting: { value: firstUpstreamPort + i, source: 'annotation' },
  }));
}

/** The application finds each upstream as `<NAME>_URL`. */
function destinations(ports: Ports): readonly Destination[] {
  let found: Destination[] | undefined;
  for (const [name, tcp] of ports) {
    if (!name.startsWith(upstreamPortPrefix)) continue;
    found ??= [];
    const variable = `${name.slice(upstreamPortPrefix.length).toUpperCase().replaceAll('-', '_')}_URL`;
    found.push(urlDestination(variable, `http://127.0.0.1:${tcp}`, { name: 'HAProxy', tcp }));
  }
  return found ?? noDestinations;
}

/** The file that the init container writes and HAProxy reads. */
function configShare(settings: HaproxySettings, ports: Ports): Share {
  const mount = { name: volume.haproxyConfig, mountPath: mountPath.haproxyConfig };
  const init: OwnContainer = {
    name: container.haproxyConfig,
    args: ['haproxy-config', ...renderFlags(haproxyFlags, settings)],
    user: user.sidecar,
  };
  return {
    volume: { name: volume.haproxyConfig, emptyDir: { sizeLimit: '1Mi' } },
    ownMounts: new Map<string, JsonObject>([
      [container.haproxy, { ...mount, readOnly: true }],
      [container.haproxyConfig, mount],
    ]),
    appMounts: new Map(),
    inits: [init],
    destinations: destinations(ports),
  };
}

/** The official image, without its entrypoint: the container has no shell to run it in. */
function proxyContainer(request: GivenSettings, settings: HaproxySettings, { takeover }: ProxyPlan): RunningContainer {
  const policy = settingOf(request, haproxyAnnotations['image-pull-policy']).value;
  return {
    name: container.haproxy,
    image: {
      image: settingOf(request, haproxyAnnotations.image).value,
      ...(policy !== undefined && { imagePullPolicy: policy }),
    },
    command: ['haproxy', '-W', '-db', '-f', settings.configFile],
    ...(takeover !== undefined && {
      ports: [{ name: takeover.name, containerPort: settings.listenPort, protocol: 'TCP' }],
    }),
    user: user.haproxy,
    resources: haproxyAnnotations,
  };
}

/** HAProxy before the application, and before its upstreams. */
export const haproxy = kind({
  name: 'haproxy',
  summary: "Serve HAProxy's metrics.",
  shows: "HAProxy's own metrics and latency histograms",
  flags: haproxyFlags,
  annotations: haproxyAnnotations,
  alwaysExplained: [haproxyAnnotations['listen-port']],
  injection: {
    names: { inits: [container.haproxyConfig], running: [container.haproxy], volumes: [volume.haproxyConfig] },
    ports: (request) => [
      wantedPort(request, 'haproxy', 'TCP', haproxyAnnotations['listen-port']),
      wantedPort(request, 'haproxy-exporter', 'TCP', haproxyAnnotations['exporter-port']),
      ...upstreamPorts(request),
    ],
    plan(pod, request) {
      const proxy = planProxy(pod, request, haproxyAnnotations);
      const { appPort, takeover } = proxy;
      return {
        ...(appPort > 0 && { appPort }),
        ...(takeover !== undefined && { takeover }),
        reasons: proxy.reasons,
        complete(base, ports, native) {
          const { reasons, ...grace } = proxyGrace(base, request, gracePeriodSeconds(pod), native);
          const settings = {
            ...base,
            appPort: appPort > 0 ? appPort : base.appPort,
            listenPort: portOf(ports, 'haproxy'),
            exporterPort: portOf(ports, 'haproxy-exporter'),
            ...grace,
          };
          return {
            settings,
            shares: [configShare(settings, ports)],
            containers: [proxyContainer(request, settings, proxy)],
            decisions: takeover === undefined ? {} : { takeover: takeover.name },
            reasons,
          };
        },
      };
    },
    destinations,
    retiredEnvironment: () => noVariables,
    decisions: {},
  },
  start: async () => (await import('../haproxy/haproxy.ts')).startHaproxy,
  metrics: async () => (await import('../scrape/merge-metrics.ts')).mergeMetrics(mergePrefix.haproxy),
  dashboard: async () => (await import('../monitoring/dashboards/haproxy-dashboard.ts')).haproxyDashboard,
  alerts: async () => (await import('../monitoring/alerts/haproxy-alerts.ts')).haproxyAlerts,
});
