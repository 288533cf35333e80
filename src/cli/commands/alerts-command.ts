import { alertsFlags } from '../../contract/monitoring.ts';
import { parseFlags } from '../../flags/parse-flags.ts';
import { alertGroups, prometheusRule, rulesFile } from '../../monitoring/rules.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';

/** `metrics-sidecar alerts`: prints the alerts as a rules file, or as an object of the Prometheus operator. */
export async function runAlerts(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseFlags(alertsFlags, args, io.env);
  if (!parsed.ok) return fail(io, 'alerts', exit.usage, parsed.problems, true);
  const { output, runbookUrl, name, namespace, labels } = parsed.settings;
  const rule = { name, labels: Object.fromEntries(labels), ...(namespace !== undefined && { namespace }) };
  const groups = await alertGroups();
  io.out.write(output === 'rules' ? rulesFile(groups, runbookUrl) : prometheusRule(groups, rule, runbookUrl));
  return exit.ok;
}
