import { dashboardFile, dashboards } from './dashboards.ts';
import { rulesFile } from './rules.ts';

/** The chart replaces this by the address of the runbooks. */
const runbookPlaceholder = 'RUNBOOK_URL';

/** The files of the chart that are generated: their text by their path in the repository. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const files = 'charts/metrics-sidecar/files';
  return new Map([
    ...dashboards.map((dashboard) => [`${files}/dashboards/${dashboard.name}.json`, dashboardFile(dashboard)] as const),
    [`${files}/alerts.yaml`, rulesFile(runbookPlaceholder)],
  ]);
}
