import { setTimeout } from 'node:timers/promises';
import { kubernetesReachable } from '../../check/checks/kubernetes-reachable.ts';
import { installedChecks, preChecks } from '../../check/checks.ts';
import { type Check, type CheckResult, contextOf } from '../../check/finding/check.ts';
import { jsonReport, shortReport, tableReport } from '../../check/report/check-report.ts';
import { retry } from '../../check/retry.ts';
import { isFailed, runChecks } from '../../check/run-checks.ts';
import { type CheckSettings, checkFlags } from '../../contract/cluster-commands.ts';
import { parseFlags } from '../../flags/parse-flags.ts';
import type { Kube } from '../../kube/kube.ts';
import { version } from '../../runtime/version.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';
import { styleOf } from '../../terminal/style.ts';
import { isTerminal, progressLine } from '../../terminal/terminal.ts';
import { didYouMean } from '../../text/nearest.ts';

/** `metrics-sidecar check`: prints the problems of an installation, or of a cluster before one. */
export async function runCheck(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseFlags(checkFlags, args, io.env);
  if (!parsed.ok) return fail(io, 'check', exit.usage, parsed.problems, true);
  const chosen = chosenChecks(parsed.settings);
  if ('problems' in chosen) return fail(io, 'check', exit.usage, chosen.problems, true);
  const { connect } = await import('../../kube/connection/connect.ts');
  const connected = await connect({
    kubeconfig: parsed.settings.kubeconfig,
    context: parsed.settings.context,
    env: io.env,
  });
  if (!connected.ok) return fail(io, 'check', exit.input, [connected.problem]);
  try {
    return await checkCluster(connected.kube, chosen.checks, parsed.settings, io);
  } finally {
    connected.kube.close();
  }
}

/** All checks of the mode, or those of `--only`; each unknown id is a problem. */
function chosenChecks({
  pre,
  only,
}: CheckSettings): { readonly checks: readonly Check[] } | { readonly problems: readonly string[] } {
  const all = pre ? preChecks : installedChecks;
  const ids = all.map(({ id }) => id);
  const problems = only
    .filter((id) => !ids.includes(id))
    .map((id) => `--only: ${JSON.stringify(id)} is no check${pre ? ' of --pre' : ''}${didYouMean(id, ids)}`);
  if (problems.length > 0) return { problems };
  return { checks: only.length === 0 ? all : all.filter(({ id }) => only.includes(id)) };
}

/** The check of the API server runs first, whatever `--only` names: without it no other check can run. */
async function checkCluster(kube: Kube, checks: readonly Check[], settings: CheckSettings, io: Io): Promise<number> {
  const progress = progressLine(io);
  const { namespace, releaseNamespace, prometheus } = settings;
  const options = { namespace, releaseNamespace, prometheus, version, now: io.now };
  const attempt = async (): Promise<readonly CheckResult[]> => {
    const context = contextOf(kube, options);
    const report = ({ id }: Check) => progress.show(`checking ${id}`);
    const reached = await runChecks([kubernetesReachable], context, report);
    return reached[0]!.result === 'ok' ? runChecks(checks, context, report) : reached;
  };
  const results = await retry(attempt, (outcome) => !isFailed(outcome, settings.failOn), {
    now: io.now,
    wait: settings.wait,
    pause: setTimeout,
  });
  progress.clear();
  io.out.write(reportOf(results, settings, io));
  const isUnreachable = results.some(({ id, result }) => id === kubernetesReachable.id && result === 'error');
  if (isUnreachable) return exit.unreachable;
  return isFailed(results, settings.failOn) ? exit.findings : exit.ok;
}

function reportOf(results: readonly CheckResult[], { output }: CheckSettings, io: Io): string {
  if (output === 'json') return jsonReport(results, version);
  const style = styleOf(isTerminal(io.out), io.env);
  return output === 'short' ? shortReport(results, style) : tableReport(results, style);
}
