import { portMonitorFlags } from '../contract/port-monitor.ts';
import { noDestinations } from './injection/destination.ts';
import { noVariables } from './injection/wanted-port.ts';
import { kind } from './kind.ts';

/** The local port use of the pod's network namespace. */
export const portMonitor = kind({
  name: 'port-monitor',
  summary: 'Serve the local port use of the network namespace.',
  shows: "the pod's sockets and local ports",
  flags: portMonitorFlags,
  annotations: {},
  alwaysExplained: [],
  injection: {
    names: { inits: [], running: [], volumes: [] },
    ports: () => [],
    plan: () => ({
      reasons: [],
      complete: (base) => ({ settings: base, shares: [], containers: [], decisions: {}, reasons: [] }),
    }),
    destinations: () => noDestinations,
    retiredEnvironment: () => noVariables,
    decisions: {},
  },
  start: async () => (await import('../port-monitor/port-monitor.ts')).startPortMonitor,
  metrics: async () => (await import('../port-monitor/port-monitor-metrics.ts')).portMonitorMetrics,
  dashboard: async () => (await import('../monitoring/dashboards/port-monitor-dashboard.ts')).portMonitorDashboard,
  alerts: async () => (await import('../monitoring/alerts/port-monitor-alerts.ts')).portMonitorAlerts,
});
