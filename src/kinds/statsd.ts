import { annotations, setting } from '../contract/annotation.ts';
import { type ConfigMapKey, configMapKey, lines, quantityOrNone } from '../contract/annotation-codecs.ts';
import { container, volume } from '../contract/names.ts';
import { statsdFlags, statsdPort } from '../contract/statsd.ts';
import { optional, path, port } from '../flags/codecs.ts';
import { planMapping } from './injection/mapping.ts';
import { statsdDestinations } from './injection/statsd-destinations.ts';
import { loopback, noVariables, wantedPort } from './injection/wanted-port.ts';
import { kind } from './kind.ts';

export const statsdAnnotations = annotations('statsd', {
  'udp-port': setting({
    codec: port,
    default: statsdPort,
    doc: 'The UDP port on loopback that takes statsd lines.',
    example: '8125',
    flag: statsdFlags.listenUdp.name,
  }),
  'tcp-port': setting({
    codec: port,
    default: statsdPort,
    doc: 'The TCP port on loopback that takes statsd lines.',
    example: '8125',
    flag: statsdFlags.listenTcp.name,
  }),
  mapping: setting({
    codec: optional(lines),
    default: undefined as string | undefined,
    doc: 'The mapping file itself; an edit of the annotation reaches the running sidecar.',
    example: 'mappings: [{match: "orders.*", name: orders, labels: {kind: $1}}]',
    flag: statsdFlags.mappingConfig.name,
    ofOneApplication: true,
  }),
  'mapping-config-map': setting({
    codec: optional(configMapKey),
    default: undefined as ConfigMapKey | undefined,
    doc: 'The ConfigMap with the mapping file, and its key there (mapping.yml without one).',
    example: 'orders-mapping/mapping.yml',
    flag: statsdFlags.mappingConfig.name,
    ofOneApplication: true,
  }),
  'mapping-share': setting({
    codec: optional(path),
    default: undefined as string | undefined,
    doc: 'A directory that the application shares with the sidecar: the first *.yml or *.yaml file in it is the mapping.',
    example: '/etc/statsd',
    flag: statsdFlags.mappingConfig.name,
    ofOneApplication: true,
  }),
  'mapping-share-size': setting({
    codec: quantityOrNone,
    default: '256Mi',
    doc: 'The most that the shared directory may hold (sizeLimit of its volume); none: as much as the node has. Kubernetes evicts a pod that writes more.',
    example: '1Gi',
  }),
  'mapping-image-file': setting({
    codec: optional(path),
    default: undefined as string | undefined,
    doc: "A mapping file in the application's own image; an init container of that image copies it for the sidecar.",
    example: '/app/statsd-mapping.yml',
    flag: statsdFlags.mappingConfig.name,
    ofOneApplication: true,
  }),
});

/** statsd and DogStatsD lines, with statsd_exporter's flags and mapping. */
export const statsd = kind({
  name: 'statsd',
  summary: 'Take statsd and DogStatsD lines and serve them as Prometheus metrics.',
  shows: 'what the application sends, under the names that the mapping gives',
  flags: statsdFlags,
  annotations: statsdAnnotations,
  alwaysExplained: [statsdAnnotations['udp-port']],
  injection: {
    names: { inits: [container.mappingCopy], running: [], volumes: [volume.mapping] },
    ports: (request) => [
      wantedPort(request, 'statsd-udp', 'UDP', statsdAnnotations['udp-port']),
      wantedPort(request, 'statsd-tcp', 'TCP', statsdAnnotations['tcp-port']),
    ],
    plan(pod, request) {
      const mapping = planMapping(pod, request, statsdAnnotations);
      return {
        reasons: mapping.reasons,
        complete: (base, ports) => ({
          settings: {
            ...base,
            listenUdp: loopback(ports, 'statsd-udp'),
            listenTcp: loopback(ports, 'statsd-tcp'),
            mappingConfig: mapping.config,
          },
          shares: [{ ...mapping.share, destinations: statsdDestinations(ports) }],
          containers: [],
          decisions: { mapping: mapping.source },
          reasons: [],
        }),
      };
    },
    destinations: statsdDestinations,
    retiredEnvironment: () => noVariables,
    decisions: { mapping: 'none' },
  },
  check: {
    isAsked: ({ checkConfig }) => checkConfig,
    load: async () => (await import('../statsd/check-config.ts')).checkConfig,
  },
  start: async () => (await import('../statsd/statsd.ts')).startStatsd,
  metrics: async () => (await import('../statsd/counts/statsd-metrics.ts')).statsdMetrics,
  dashboard: async () => (await import('../monitoring/dashboards/statsd-dashboard.ts')).statsdDashboard,
  alerts: async () => (await import('../monitoring/alerts/statsd-alerts.ts')).statsdAlerts,
});
