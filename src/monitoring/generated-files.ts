import { allDashboards, dashboardFile } from './all-dashboards.ts';
import { alertGroups, rulesFile } from './rules.ts';

/** The chart replaces this by the address of the runbooks. */
const runbookPlaceholder = 'RUNBOOK_URL';

/** The files of the chart that are generated: their text by their path in the repository. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const dashboards = await allDashboards();
  const files = 'charts/metrics-sidecar/files';
  return new Map([
    ...dashboards.map((dashboard) => [`${files}/dashboards/${dashboard.name}.json`, dashboardFile(dashboard)] as const),
    [`${files}/alerts.yaml`, rulesFile(await alertGroups(), runbookPlaceholder)],
  ]);
}
