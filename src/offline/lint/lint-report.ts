import { printable, type Style } from '../../terminal/style.ts';
import { counted } from '../../text/counted.ts';
import type { LintFinding } from './lint-finding.ts';

/** One line a finding, as compilers write one, so that editors and terminals lead there. */
export function lintText(found: readonly LintFinding[], style: Style): string {
  return found
    .map((one) => {
      const { source, line, column, severity, code } = one;
      return `${printable(`${source}:${line}:${column}`)}: ${severity === 'info' ? severity : style.paint(severity, severity)}: ${printable(wholeText(one))} (${code})\n`;
    })
    .join('');
}

/** What is wrong with which object, and what would be right. */
function wholeText({ object, sentence, advice }: LintFinding): string {
  const stop = /[.?]$/.test(sentence) ? '' : '.';
  return `${object === '' ? '' : `${object}: `}${sentence}${stop}${advice === '' ? '' : ` ${advice}`}`;
}

/** For programs; fields are added to it, never taken away. */
export function lintJson(found: readonly LintFinding[], version: string): string {
  return `${JSON.stringify({ version, summary: counts(found), findings: found }, null, 2)}\n`;
}

/**
 * Annotations of a GitHub workflow run.
 *
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function lintGithub(found: readonly LintFinding[]): string {
  return found
    .map((one) => {
      const { source, line, column, severity, code } = one;
      const place = [`file=${property(source)}`, `line=${line}`, `col=${column}`, `title=${property(code)}`].join(',');
      return `::${severity === 'info' ? 'notice' : severity} ${place}::${data(wholeText(one))}\n`;
    })
    .join('');
}

/** How much was looked at, so that nobody takes silence for a clean bill of what was never found. */
export function lintSummary(
  found: readonly LintFinding[],
  looked: { readonly pods: number; readonly files: number },
): string {
  const { error, warning } = counts(found);
  const where = `${counted(looked.pods, 'pod or pod template')} in ${counted(looked.files, 'file')}`.replace(
    'pod or pod templates',
    'pods and pod templates',
  );
  return `${counted(error, 'error')}, ${counted(warning, 'warning')}; ${where}`;
}

export function counts(found: readonly LintFinding[]): Readonly<Record<'error' | 'warning', number>> {
  const count = (severity: LintFinding['severity']) => found.filter((one) => one.severity === severity).length;
  return { error: count('error'), warning: count('warning') };
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
