import type { Dashboard } from './dashboards/dashboard.ts';
import { haproxyDashboard } from './dashboards/haproxy-dashboard.ts';
import { ingestDashboard } from './dashboards/ingest-dashboard.ts';
import { portMonitorDashboard } from './dashboards/port-monitor-dashboard.ts';
import { statsdDashboard } from './dashboards/statsd-dashboard.ts';
import { webhookDashboard } from './dashboards/webhook-dashboard.ts';
import { grafanaJson } from './grafana.ts';

/** One dashboard for the webhook and one for each kind. */
export const dashboards: readonly Dashboard[] = [
  webhookDashboard,
  statsdDashboard,
  ingestDashboard,
  portMonitorDashboard,
  haproxyDashboard,
];

/** A dashboard as a file that Grafana imports. */
export function dashboardFile(dashboard: Dashboard): string {
  return `${JSON.stringify(grafanaJson(dashboard), null, 2)}\n`;
}
