import { dump } from 'js-yaml';
import { kinds } from '../kinds/kinds.ts';
import { type Alert, type AlertGroup, anchorOf } from './alerts/alert.ts';
import { sidecarAlerts } from './alerts/sidecar-alerts.ts';
import { webhookAlerts } from './alerts/webhook-alerts.ts';

/** The alerts of the webhook, of every sidecar, and of each kind. */
export async function alertGroups(): Promise<readonly AlertGroup[]> {
  return [webhookAlerts, sidecarAlerts, ...(await Promise.all(kinds.map((kind) => kind.alerts())))];
}

/** The metadata of the operator's object. */
export interface RuleObject {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The alerts as a file that Prometheus loads (`rule_files`).
 *
 * @param runbook the address of the sections of docs/alerts.md. The link of an alert is this address and the alert's
 *   anchor, with a slash between them unless the address ends in a slash, in `#` or in `=`. Without it there are no
 *   links.
 */
export function rulesFile(groups: readonly AlertGroup[], runbook?: string): string {
  return yaml({ groups: ruleGroups(groups, runbook) });
}

/** The alerts as a PrometheusRule of the Prometheus operator (monitoring.coreos.com/v1). */
export function prometheusRule(
  groups: readonly AlertGroup[],
  { name, namespace, labels }: RuleObject,
  runbook?: string,
): string {
  const metadata = {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(Object.keys(labels).length > 0 && { labels }),
  };
  return yaml({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata,
    spec: { groups: ruleGroups(groups, runbook) },
  });
}

function ruleGroups(groups: readonly AlertGroup[], runbook: string | undefined): object[] {
  return groups.map(({ name, alerts }) => ({ name, rules: alerts.map((alert) => rule(alert, runbook)) }));
}

function rule(alert: Alert, runbook: string | undefined): object {
  const { name, expression, severity, summary, description } = alert;
  return {
    alert: name,
    expr: expression,
    for: alert.for,
    labels: { severity },
    annotations: {
      summary,
      description,
      ...(runbook !== undefined && { runbook_url: link(runbook, anchorOf(alert)) }),
    },
  };
}

function link(runbook: string, anchor: string): string {
  return /[/#=]$/.test(runbook) ? `${runbook}${anchor}` : `${runbook}/${anchor}`;
}

function yaml(value: object): string {
  return dump(value, { lineWidth: -1 });
}
