import { dashboardFile, dashboards } from './dashboards.ts';
import { rulesFile } from './rules.ts';

/** What stands for the place of the runbooks until the chart knows it. */
export const runbookPlaceholder = 'RUNBOOK_URL';

/** The files of the chart that are made from the code: path below the repository, and text. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const files = 'charts/metrics-sidecar/files';
  return new Map([
    ...dashboards.map((dashboard) => [`${files}/dashboards/${dashboard.name}.json`, dashboardFile(dashboard)] as const),
    [`${files}/alerts.yaml`, rulesFile(runbookPlaceholder)],
  ]);
}
