import type { Context } from '../../check/finding/check.ts';
import { type RenewSettings, renewFlags } from '../../contract/cluster-commands.ts';
import { parseFlags } from '../../flags/parse-flags.ts';
import { type Renewal, renew } from '../../renew/renew.ts';
import { renewProgress } from '../../renew/report/renew-progress.ts';
import { isIncomplete, renewJson, renewText } from '../../renew/report/renew-report.ts';
import { listenForSignals } from '../../runtime/lifecycle.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';
import { progressLine } from '../../terminal/terminal.ts';
import { withCluster } from './with-cluster.ts';

/** `metrics-sidecar renew`: restarts the workloads whose pods have outdated sidecars, within a budget. */
export async function runRenew(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseFlags(renewFlags, args, io.env);
  if (!parsed.ok) return fail(io, 'renew', exit.usage, parsed.problems, true);
  const { settings } = parsed;
  if (settings.all === (settings.namespace !== undefined)) {
    const problem = settings.all
      ? '--all: not together with --namespace'
      : 'which workloads? --namespace=NAME, or --all for those of all namespaces';
    return fail(io, 'renew', exit.usage, [problem], true);
  }
  const signals = listenForSignals(io.signals);
  try {
    return await withCluster('renew', settings, io, (context) => renewUntil(signals.next(), context, settings, io));
  } finally {
    signals.close();
  }
}

/** @returns the exit code; 128 and the signal's number where a signal ended the run, as shells expect it */
async function renewUntil(
  signalled: Promise<'SIGTERM' | 'SIGINT'>,
  context: Context,
  settings: RenewSettings,
  io: Io,
): Promise<number> {
  const ending = new AbortController();
  let code: number = exit.ok;
  const interrupted = signalled.then((signal) => {
    code = signal === 'SIGINT' ? 130 : 143;
    ending.abort();
    return undefined;
  });
  const output = outputOf(io);
  let isBegun = false;
  const running = renew(context, {
    ...settings,
    random: io.random,
    signal: ending.signal,
    failed: (error) => output.line(`metrics-sidecar: ${String(error)}`),
    surveyed: (survey) => {
      isBegun = true;
      return renewProgress(survey, output);
    },
  });
  // A signal that comes while the pods are read ends that too.
  const renewed = await Promise.race([running, interrupted.then(() => (isBegun ? running : undefined))]);
  output.clear();
  if (renewed === undefined) return code;
  if (!renewed.ok) {
    const { isUnreachable, problems } = renewed.problem;
    return fail(io, 'renew', isUnreachable ? exit.unreachable : exit.input, problems);
  }
  io.out.write(
    settings.output === 'json'
      ? renewJson(renewed.value, settings.maxUnavailable)
      : renewText(renewed.value, settings.maxUnavailable, settings.missed),
  );
  return codeOf(renewed.value, code, io);
}

function codeOf(renewal: Renewal, signalCode: number, io: Io): number {
  const { how, problem } = renewal.ended;
  const goesOn = 'rollouts in progress go on by themselves; the same command goes on from here';
  if (how === 'interrupted') io.err.write(`metrics-sidecar: interrupted: ${goesOn}\n`);
  if (how === 'unreachable') io.err.write(`metrics-sidecar: ${problem}\nmetrics-sidecar: ${goesOn}\n`);
  if (how === 'interrupted') return signalCode;
  if (how === 'unreachable') return exit.unreachable;
  return isIncomplete(renewal) ? exit.findings : exit.ok;
}

/** Lines that stay, above the standing, which is overwritten. */
function outputOf(io: Io) {
  const progress = progressLine(io);
  const line = (text: string) => {
    progress.clear();
    io.err.write(`${text}\n`);
  };
  return { ...progress, now: io.now, line };
}
