import { printable, type Style } from '../../terminal/style.ts';
import { counted } from '../../text/counted.ts';
import type { LintFinding } from './lint-finding.ts';

/**
 * One line for each finding in the form of a compiler's message, so that editors and terminals can jump to its
 * position.
 */
export function lintText(findings: readonly LintFinding[], style: Style): string {
  return findings
    .map((one) => {
      const { source, line, column, severity, code } = one;
      return `${printable(`${source}:${line}:${column}`)}: ${severity === 'info' ? severity : style.paint(severity, severity)}: ${printable(wholeText(one))} (${code})\n`;
    })
    .join('');
}

/** The text of a finding: its object, the problem, and the advice. */
function wholeText({ object, sentence, advice }: LintFinding): string {
  const stop = /[.?]$/.test(sentence) ? '' : '.';
  return `${object === '' ? '' : `${object}: `}${sentence}${stop}${advice === '' ? '' : ` ${advice}`}`;
}

/** For programs; fields are added to it, never taken away. */
export function lintJson(findings: readonly LintFinding[], version: string): string {
  return `${JSON.stringify({ version, summary: counts(findings), findings }, null, 2)}\n`;
}

/**
 * Annotations of a GitHub workflow run.
 *
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function lintGithub(findings: readonly LintFinding[]): string {
  return findings
    .map((one) => {
      const { source, line, column, severity, code } = one;
      const properties = [`file=${property(source)}`, `line=${line}`, `col=${column}`, `title=${property(code)}`].join(
        ',',
      );
      return `::${severity === 'info' ? 'notice' : severity} ${properties}::${data(wholeText(one))}\n`;
    })
    .join('');
}

/** The counts, with the numbers of pods and files: no finding among no pods is no success. */
export function lintSummary(
  findings: readonly LintFinding[],
  read: { readonly pods: number; readonly files: number },
): string {
  const { error, warning } = counts(findings);
  const where = `${counted(read.pods, 'pod or pod template')} in ${counted(read.files, 'file')}`.replace(
    'pod or pod templates',
    'pods and pod templates',
  );
  return `${counted(error, 'error')}, ${counted(warning, 'warning')}; ${where}`;
}

export function counts(findings: readonly LintFinding[]): Readonly<Record<'error' | 'warning', number>> {
  const count = (severity: LintFinding['severity']) => findings.filter((one) => one.severity === severity).length;
  return { error: count('error'), warning: count('warning') };
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
