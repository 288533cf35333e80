import { type LintSettings, lintFlags } from '../../contract/offline.ts';
import { evaluationsIn } from '../../offline/evaluate/evaluate.ts';
import type { LintFinding } from '../../offline/lint/lint-finding.ts';
import { lint } from '../../offline/lint/lint-manifests.ts';
import { counts, lintGithub, lintJson, lintSummary, lintText } from '../../offline/lint/lint-report.ts';
import { version } from '../../runtime/version.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';
import { styleOf } from '../../terminal/style.ts';
import { isTerminal } from '../../terminal/terminal.ts';
import { manifestArguments } from './manifest-arguments.ts';
import { readManifestSet } from './manifest-set.ts';

/** `metrics-sidecar lint [FILE|FOLDER|-]...`: prints all problems of annotated manifests, with their lines. */
export async function runLint(args: readonly string[], io: Io): Promise<number> {
  const read = manifestArguments('lint', lintFlags, args, io);
  if (!read.ok) return read.code;
  const { settings, operands, paths } = read;
  const set = await readManifestSet(operands, settings, paths, io);
  if (!set.ok) return fail(io, 'lint', exit.input, set.problems);
  const findings = await lint(set.manifests, set.evaluated, set.cluster);
  io.out.write(report(findings, settings, io));
  const pods = evaluationsIn(set.evaluated).filter(({ evaluation }) => evaluation.subject !== 'service').length;
  io.err.write(`metrics-sidecar lint: ${lintSummary(findings, { pods, files: set.manifests.length })}\n`);
  if (set.unreadable.length > 0) return fail(io, 'lint', exit.input, set.unreadable);
  const { error, warning } = counts(findings);
  return error > 0 || (settings.failOn === 'warning' && warning > 0) ? exit.findings : exit.ok;
}

function report(findings: readonly LintFinding[], { output }: LintSettings, io: Io): string {
  if (output === 'json') return lintJson(findings, version);
  if (output === 'github') return lintGithub(findings);
  return lintText(findings, styleOf(isTerminal(io.out), io.env));
}
