import { annotations, setting } from '../contract/annotation.ts';
import { ingestFlags } from '../contract/ingest.ts';
import { retiredVariable } from '../contract/names.ts';
import { port } from '../flags/codecs.ts';
import { ingestDestinations } from './injection/ingest-destinations.ts';
import { shareOf } from './injection/share.ts';
import { loopback, noVariables, wantedPort } from './injection/wanted-port.ts';
import { kind } from './kind.ts';

const ingestAnnotations = annotations('ingest', {
  port: setting({
    codec: port,
    default: ingestFlags.listenAddress.default.port,
    doc: 'The port on loopback that takes pushes.',
    example: '4888',
    flag: ingestFlags.listenAddress.name,
  }),
});

/** Pushes of the processes of one application. */
export const ingest = kind({
  name: 'ingest',
  summary: 'Take pushed metrics of many processes and serve them as one application.',
  shows: "what the application's processes push, as one application",
  flags: ingestFlags,
  annotations: ingestAnnotations,
  alwaysExplained: [ingestAnnotations.port],
  injection: {
    names: { inits: [], running: [], volumes: [] },
    ports: (request) => [wantedPort(request, 'ingest', 'TCP', ingestAnnotations.port)],
    plan: () => ({
      reasons: [],
      complete(base, ports) {
        const address = loopback(ports, 'ingest');
        return {
          settings: { ...base, listenAddress: base.allowRemote ? { ...address, host: '' } : address },
          shares: [shareOf({ destinations: ingestDestinations(ports, base.allowRemote) })],
          containers: [],
          decisions: {},
          reasons: [],
        };
      },
    }),
    destinations: (ports) => ingestDestinations(ports),
    retiredEnvironment(ports) {
      const ingestPort = ports.get('ingest');
      if (ingestPort === undefined) return noVariables;
      return new Map([[retiredVariable.pushgatewayUrl, `http://127.0.0.1:${ingestPort}`]]);
    },
    decisions: {},
  },
  start: async () => (await import('../ingest/ingest.ts')).startIngest,
  metrics: async () => (await import('../ingest/ingest-metrics.ts')).ingestMetrics,
  dashboard: async () => (await import('../monitoring/dashboards/ingest-dashboard.ts')).ingestDashboard,
  alerts: async () => (await import('../monitoring/alerts/ingest-alerts.ts')).ingestAlerts,
});
