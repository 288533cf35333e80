import { allDashboards } from '../../src/monitoring/all-dashboards.ts';
import { alertGroups } from '../../src/monitoring/rules.ts';

const [dashboards, groups] = await Promise.all([allDashboards(), alertGroups()]);

export interface NamedQuery {
  /** Dashboard, row and panel, or the alert. */
  readonly of: string;
  readonly expression: string;
}

/** The expression with Grafana's variables replaced as if everything were chosen. */
export function withVariables(expression: string): string {
  return expression
    .replaceAll('$cluster', '.*')
    .replaceAll('$namespace', '.*')
    .replaceAll('$pod', '.*')
    .replaceAll('$__rate_interval', '5m')
    .replaceAll('$__range', '1h');
}

/** Every query of every dashboard, as Prometheus gets it. */
export const dashboardQueries: readonly NamedQuery[] = dashboards.flatMap(({ name, rows }) =>
  rows.flatMap(({ title: row, panels }) =>
    panels.flatMap(({ title, queries }) =>
      queries.map(({ expression, legend }) => ({
        of: [name, row, title, legend].filter(Boolean).join(' / '),
        expression: withVariables(expression),
      })),
    ),
  ),
);

export const alertQueries: readonly NamedQuery[] = groups.flatMap(({ alerts }) =>
  alerts.map(({ name, expression }) => ({ of: name, expression })),
);
