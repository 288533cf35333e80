import type { Dashboard } from './dashboard.ts';
import { haproxy } from './dashboards/haproxy.ts';
import { ingest } from './dashboards/ingest.ts';
import { injector } from './dashboards/injector.ts';
import { portMonitor } from './dashboards/port-monitor.ts';
import { statsd } from './dashboards/statsd.ts';
import { grafanaJson } from './grafana.ts';

/** One dashboard for the injector and one for each kind. */
export const dashboards: readonly Dashboard[] = [injector, statsd, ingest, portMonitor, haproxy];

/** A dashboard as a file that Grafana imports. */
export function dashboardFile(dashboard: Dashboard): string {
  return `${JSON.stringify(grafanaJson(dashboard), null, 2)}\n`;
}
