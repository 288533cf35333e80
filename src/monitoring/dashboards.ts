import type { Dashboard } from './dashboards/dashboard.ts';
import { haproxy } from './dashboards/haproxy-dashboard.ts';
import { ingest } from './dashboards/ingest-dashboard.ts';
import { portMonitor } from './dashboards/port-monitor-dashboard.ts';
import { statsd } from './dashboards/statsd-dashboard.ts';
import { injector } from './dashboards/webhook-dashboard.ts';
import { grafanaJson } from './grafana.ts';

/** One dashboard for the injector and one for each kind. */
export const dashboards: readonly Dashboard[] = [injector, statsd, ingest, portMonitor, haproxy];

/** A dashboard as a file that Grafana imports. */
export function dashboardFile(dashboard: Dashboard): string {
  return `${JSON.stringify(grafanaJson(dashboard), null, 2)}\n`;
}
