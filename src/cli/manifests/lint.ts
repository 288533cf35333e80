import { type LintSettings, lintFlags } from '../../contract/offline.ts';
import type { LintFinding } from '../../offline/lint/lint-finding.ts';
import { judgedIn, lint } from '../../offline/lint/lint-manifests.ts';
import { counts, lintGithub, lintJson, lintSummary, lintText } from '../../offline/lint/lint-report.ts';
import { version } from '../../runtime/version.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';
import { styleOf } from '../../terminal/style.ts';
import { isTerminal } from '../../terminal/terminal.ts';
import { manifestArguments } from './manifest-arguments.ts';
import { readManifestSet } from './manifest-set.ts';

/** `metrics-sidecar lint [FILE|FOLDER|-]...`: everything that is wrong with annotated manifests, with its line. */
export async function runLint(args: readonly string[], io: Io): Promise<number> {
  const given = manifestArguments('lint', lintFlags, args, io);
  if (!given.ok) return given.code;
  const { settings, operands, paths } = given;
  const set = await readManifestSet(operands, settings, paths, io);
  if (!set.ok) return fail(io, 'lint', exit.input, set.problems);
  const found = await lint(set.manifests, set.examined, set.knowledge);
  io.out.write(printed(found, settings, io));
  const pods = judgedIn(set.examined).filter(({ judged }) => judged.subject !== 'service').length;
  io.err.write(`metrics-sidecar lint: ${lintSummary(found, { pods, files: set.manifests.length })}\n`);
  if (set.unreadable.length > 0) return fail(io, 'lint', exit.input, set.unreadable);
  const { error, warning } = counts(found);
  return error > 0 || (settings.failOn === 'warning' && warning > 0) ? exit.findings : exit.ok;
}

function printed(found: readonly LintFinding[], { output }: LintSettings, io: Io): string {
  if (output === 'json') return lintJson(found, version);
  if (output === 'github') return lintGithub(found);
  return lintText(found, styleOf(isTerminal(io.out), io.env));
}
