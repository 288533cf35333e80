import { kinds } from '../kinds/kinds.ts';
import type { Dashboard } from './dashboards/dashboard.ts';
import { overviewDashboard } from './dashboards/overview-dashboard.ts';
import { webhookDashboard } from './dashboards/webhook-dashboard.ts';
import { grafanaJson } from './grafana.ts';

/** One dashboard of all workloads, one for the webhook and one for each kind. */
export async function allDashboards(): Promise<readonly Dashboard[]> {
  return [overviewDashboard, webhookDashboard, ...(await Promise.all(kinds.map((kind) => kind.dashboard())))];
}

/** A dashboard as a file that Grafana imports. */
export function dashboardFile(dashboard: Dashboard): string {
  return `${JSON.stringify(grafanaJson(dashboard), null, 2)}\n`;
}
