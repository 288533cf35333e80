import { groupBy } from '../../lists/group-by.ts';
import { type Mark, marks, printable, type Style } from '../../terminal/style.ts';
import { counted } from '../../text/counted.ts';
import type { CheckResult } from '../finding/check.ts';

/** All results, by category. */
export function tableReport(results: readonly CheckResult[], style: Style): string {
  const width = Math.max(...results.map(({ id }) => id.length));
  const groups = [...groupBy(results, ({ category }) => category)];
  const lines = groups.flatMap(([category, group]) => [
    category,
    ...group.flatMap((one) => [
      `  ${style.paint(one.result, `${style.symbol[one.result]} ${one.id.padEnd(width)}`)}  ${printable(one.message)}`,
      ...more(one, '      '),
    ]),
    '',
  ]);
  return `${[...lines, summary(results)].join('\n')}\n`;
}

/** The problems and a line with the totals, to paste into a chat. */
export function shortReport(results: readonly CheckResult[], style: Style): string {
  const lines = results
    .filter(isProblem)
    .flatMap((one) => [
      style.paint(one.result, `${style.symbol[one.result]} ${one.id}`).concat(`: ${printable(one.message)}`),
      ...more(one, '    '),
    ]);
  return `${[...lines, summary(results)].join('\n')}\n`;
}

/** JSON for programs. Later versions add fields and remove none. */
export function jsonReport(results: readonly CheckResult[], version: string): string {
  const checks = results.map(({ id, title, category, result, message, details, hint }) => {
    return { id, title, category, result, message, details, hint };
  });
  return `${JSON.stringify({ version, summary: counts(results), checks }, null, 2)}\n`;
}

function isProblem({ result }: CheckResult): boolean {
  return result === 'error' || result === 'warning';
}

/** The lines below the line of a check. */
function more(one: CheckResult, indent: string): string[] {
  const details = one.details.map((line) => `${indent}${printable(line)}`);
  return isProblem(one) ? [...details, `${indent}see ${one.hint}`] : details;
}

function counts(results: readonly CheckResult[]): Record<Mark, number> {
  const entries = marks.map((result) => [result, results.filter((one) => one.result === result).length]);
  return Object.fromEntries(entries) as Record<Mark, number>;
}

function summary(results: readonly CheckResult[]): string {
  const { ok, warning, error, skipped } = counts(results);
  return (
    `metrics-sidecar check: ${counted(error, 'error')}, ${counted(warning, 'warning')}, ${ok} ok, ${skipped} ` +
    'skipped'
  );
}
