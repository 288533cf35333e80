import type { Problem } from '../../manifest/read/manifest-problem.ts';
import { printable, type Style } from '../../terminal/style.ts';
import { counted } from '../../text/counted.ts';
import { nameOf } from './change-output.ts';
import type { Changed, ChangedObject, Finding } from './manifest-change.ts';

/**
 * What became of each object and every finding, in the order of the texts, as compilers write it; a line that sums up.
 */
export function reportOf(command: string, all: readonly Changed[], style: Style): string {
  const lines = all.flatMap((changed) => linesOf(changed, style));
  return [...lines, summary(command, all), ''].join('\n');
}

/** Only what is wrong. */
export function problemsOf(all: readonly Changed[], style: Style): string {
  return all.flatMap(({ problems }) => problems.map((one) => `${problemText(one, style)}\n`)).join('');
}

function linesOf({ objects, problems }: Changed, style: Style): readonly string[] {
  const told = [
    ...problems.map((one) => ({ line: one.line, lines: [problemText(one, style)] })),
    ...objects.map((one) => ({ line: one.line, lines: objectLines(one, style) })),
  ];
  return told.toSorted((a, b) => a.line - b.line).flatMap(({ lines }) => lines);
}

function objectLines(one: ChangedObject, style: Style): readonly string[] {
  const { document, line, column, decision, kinds, findings } = one;
  const at = `${printable(document.source)}:${line}:${column}: ${nameOf(one)}: `;
  const told = findings.filter(({ severity }) => severity !== 'info');
  const why = findings.find(({ severity }) => severity === 'info')?.message;
  switch (decision) {
    case 'injected':
      return [
        `${at}${style.paint('ok', 'injected')}: ${kinds.join(', ')}`,
        ...told.map((f) => findingText(f, one, style)),
      ];
    case 'uninjected':
      return [`${at}${style.paint('ok', 'uninjected')}`, ...told.map((f) => findingText(f, one, style))];
    case 'unchanged':
      return [`${at}unchanged${why === undefined ? '' : `: ${why}`}`, ...told.map((f) => findingText(f, one, style))];
    default:
      return [`${at}${style.paint('error', notDone[decision])}`, ...told.map((f) => findingText(f, one, style))];
  }
}

const notDone = {
  skipped: 'not injected',
  invalid: 'not injected',
  denied: 'refused',
} as const;

function findingText({ source, line, column, severity, message, reason }: Finding, of: ChangedObject, style: Style) {
  const place = `${printable(source)}:${line}:${column}: `;
  return `${place}${painted(severity, style)}: ${nameOf(of)}: ${printable(message)} (${reason.code})`;
}

function problemText({ source, line, column, document, severity, message }: Problem, style: Style): string {
  const place = `${printable(source)}:${line}:${column}: `;
  return `${place}${painted(severity, style)}: document ${document}: ${printable(message)}`;
}

function painted(severity: Finding['severity'], style: Style): string {
  return severity === 'info' ? severity : style.paint(severity, severity);
}

const counts = [
  ['injected', 'injected'],
  ['uninjected', 'uninjected'],
  ['unchanged', 'unchanged'],
  ['not injected', 'skipped', 'invalid'],
  ['refused', 'denied'],
] as const;

function summary(command: string, all: readonly Changed[]): string {
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
