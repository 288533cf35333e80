import { annotations, setting } from '../contract/annotation.ts';
import { ingestFlags } from '../contract/ingest.ts';
import { retiredVariable, variable } from '../contract/names.ts';
import { port } from '../flags/codecs.ts';
import { type Destination, noDestinations, variableGroup } from './injection/destination.ts';
import type { Ports } from './injection/kind-plan.ts';
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

const ingestGroup = variableGroup({ [variable.ingestUrl]: 'address' });

/** @param remote whether the sidecar takes pushes of other pods, on the pod's address */
function destinations(ports: Ports, remote = false): readonly Destination[] {
  const tcp = ports.get('ingest');
  if (tcp === undefined) return noDestinations;
  const url = `http://127.0.0.1:${tcp}/v1/ingest`;
  const listener = { name: 'the sidecar', tcp, remote };
  return [{ listener, variables: new Map([[variable.ingestUrl, url]]), group: ingestGroup }];
}

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
          shares: [shareOf({ destinations: destinations(ports, base.allowRemote) })],
          containers: [],
          decisions: {},
          reasons: [],
        };
      },
    }),
    destinations,
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
