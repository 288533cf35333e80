import { validateFlags } from '../../contract/validate.ts';
import { parseFlags } from '../../flags/parse-flags.ts';
import { version } from '../../runtime/version.ts';
import type { Finding } from '../../statsd/mapping/mapping.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';
import { readText } from '../arguments/read-inputs.ts';
import { findingLine } from './finding-line.ts';
import { type Validated, validateText } from './validate-text.ts';

/** `metrics-sidecar validate FILE...`: prints the problems of mapping files, each with its line and column. */
export async function runValidate(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseFlags(validateFlags, args, io.env, 'operands');
  const { operands } = parsed;
  const problems = parsed.ok ? [] : [...parsed.problems];
  if (operands.length === 0) problems.push('which file? - is standard input');
  if (!parsed.ok || problems.length > 0) return fail(io, 'validate', exit.usage, problems, true);
  const options = { strict: parsed.settings.strictConfig, compatGlob: parsed.settings.compatGlob };
  const validated: Validated[] = [];
  const unreadable: string[] = [];
  for (const file of new Set(operands)) {
    const read = await readText(file, io);
    if (read.ok) validated.push(await validateText(file, read.value, options));
    else unreadable.push(read.problem);
  }
  io.out.write(parsed.settings.output === 'json' ? jsonOf(validated) : linesOf(validated));
  if (unreadable.length > 0) return fail(io, 'validate', exit.input, unreadable);
  const { error, warning } = counts(validated);
  return error > 0 || (parsed.settings.failOn === 'warning' && warning > 0) ? exit.findings : exit.ok;
}

/** One line for each finding; nothing for a file without findings. */
function linesOf(validated: readonly Validated[]): string {
  return validated.flatMap(({ file, findings }) => findings.map((finding) => findingLine(file, finding))).join('');
}

/** JSON for programs: fields are only ever added. */
function jsonOf(validated: readonly Validated[]): string {
  return `${JSON.stringify({ version, summary: counts(validated), files: validated }, null, 2)}\n`;
}

function counts(validated: readonly Validated[]): Readonly<Record<Finding['severity'], number>> {
  const findings = validated.flatMap(({ findings }) => findings);
  const count = (severity: Finding['severity']) => findings.filter((one) => one.severity === severity).length;
  return { error: count('error'), warning: count('warning') };
}
