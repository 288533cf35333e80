import type { ManifestProblem } from '../../manifest/read/manifest-problem.ts';
import { printable, type Style } from '../../terminal/style.ts';
import { counted } from '../../text/counted.ts';
import { nameOf } from './change-output.ts';
import type { ManifestChange, ObjectChange, ReasonFinding } from './manifest-change.ts';

/**
 * A line for each object and each finding, in the order of the texts and in the form of a compiler's messages; at the
 * end a line with the counts.
 */
export function reportOf(command: string, all: readonly ManifestChange[], style: Style): string {
  const lines = all.flatMap((change) => linesOf(change, style));
  return [...lines, summary(command, all), ''].join('\n');
}

/** The problems alone. */
export function problemsOf(all: readonly ManifestChange[], style: Style): string {
  return all.flatMap(({ problems }) => problems.map((one) => `${problemText(one, style)}\n`)).join('');
}

function linesOf({ objects, problems }: ManifestChange, style: Style): readonly string[] {
  const blocks = [
    ...problems.map((one) => ({ line: one.line, lines: [problemText(one, style)] })),
    ...objects.map((one) => ({ line: one.line, lines: objectLines(one, style) })),
  ];
  return blocks.toSorted((a, b) => a.line - b.line).flatMap(({ lines }) => lines);
}

function objectLines(one: ObjectChange, style: Style): readonly string[] {
  const { document, line, column, decision, kinds, findings } = one;
  const at = `${printable(document.source)}:${line}:${column}: ${nameOf(one)}: `;
  const problems = findings
    .filter(({ severity }) => severity !== 'info')
    .map((finding) => findingText(finding, one, style));
  const why = findings.find(({ severity }) => severity === 'info')?.message;
  switch (decision) {
    case 'injected':
      return [`${at}${style.paint('ok', 'injected')}: ${kinds.join(', ')}`, ...problems];
    case 'uninjected':
      return [`${at}${style.paint('ok', 'uninjected')}`, ...problems];
    case 'unchanged':
      return [`${at}unchanged${why === undefined ? '' : `: ${why}`}`, ...problems];
    default:
      return [`${at}${style.paint('error', refusals[decision])}`, ...problems];
  }
}

const refusals = {
  skipped: 'not injected',
  invalid: 'not injected',
  denied: 'refused',
} as const;

function findingText(
  { source, line, column, severity, message, reason }: ReasonFinding,
  of: ObjectChange,
  style: Style,
) {
  const position = `${printable(source)}:${line}:${column}: `;
  return `${position}${painted(severity, style)}: ${nameOf(of)}: ${printable(message)} (${reason.code})`;
}

function problemText({ source, line, column, document, severity, message }: ManifestProblem, style: Style): string {
  const position = `${printable(source)}:${line}:${column}: `;
  return `${position}${painted(severity, style)}: document ${document}: ${printable(message)}`;
}

function painted(severity: ReasonFinding['severity'], style: Style): string {
  return severity === 'info' ? severity : style.paint(severity, severity);
}

const counts = [
  ['injected', 'injected'],
  ['uninjected', 'uninjected'],
  ['unchanged', 'unchanged'],
  ['not injected', 'skipped', 'invalid'],
  ['refused', 'denied'],
] as const;

function summary(command: string, all: readonly ManifestChange[]): string {
  const objects = all.flatMap((one) => one.objects);
  const done = counts.flatMap(([words, ...decisions]) => {
    const number = objects.filter(({ decision }) => (decisions as readonly string[]).includes(decision)).length;
    return number === 0 ? [] : [`${number} ${words}`];
  });
  const warnings = objects.flatMap(({ findings }) => findings).filter(({ severity }) => severity === 'warning').length;
  const unread = all.flatMap(({ problems }) => problems).filter(({ severity }) => severity === 'error').length;
  const more = [
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
    ...(unread > 0 ? [`${counted(unread, 'document')} with errors`] : []),
  ];
  const words = [...done, ...more];
  return `metrics-sidecar ${command}: ${words.length === 0 ? 'no pods, workloads or Services' : words.join(', ')}`;
}
