/**
 * Finds the regular expressions of `src/` that can take more than linear time, by their automata (scslre):
 * `npm run regexes`. Expressions that cannot be judged, or that only read short texts, are exceptions: each with the
 * bound of its text and the reason.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { analyse } from 'scslre';
import { type Found, regexesIn } from './regex-literals.ts';

export interface Exception {
  readonly file: string;
  /** The source of the expression; absent where it is made at run time. */
  readonly source?: string;
  /** The longest text that it is asked of. */
  readonly bound: string;
  readonly reason: string;
}

const constants = 'is made of constants of ours without a repeat of their own';

export const exceptions: readonly Exception[] = [
  { file: 'src/inject/request/request.ts', bound: '256 KiB of annotations', reason: constants },
  { file: 'src/check/cluster/webhook-pages.ts', bound: 'a page of the webhook itself', reason: constants },
];

/** Why an expression is not linear; undefined for a linear one. */
export function nonLinear({ source, flags }: Found): string | undefined {
  if (source === undefined) return 'is made at run time, so that nobody can tell its time';
  // A sticky expression matches at one position only.
  const types = { Move: !flags.includes('y'), Self: true, Trade: true };
  const { reports } = analyse(new RegExp(source, flags), { reportTypes: types });
  const [report] = reports.toSorted((a, b) => Number(b.exponential) - Number(a.exponential));
  return (
    report && `takes ${report.exponential ? 'exponential' : 'quadratic'} time on ${report.character.literal.source}`
  );
}

/** Problems of a set of files, and exceptions that are no longer needed. */
export function check(files: ReadonlyMap<string, string>, allowed: readonly Exception[]): readonly string[] {
  const unused = new Set(allowed);
  const problems: string[] = [];
  for (const [file, text] of files) {
    for (const found of regexesIn(text)) {
      const problem = nonLinear(found);
      if (problem === undefined) continue;
      const exception = allowed.find((one) => one.file === file && one.source === found.source);
      if (exception !== undefined) unused.delete(exception);
      else problems.push(`${file}:${found.line}: /${found.source ?? '…'}/${found.flags} ${problem}`);
    }
  }
  for (const { file, source } of unused) problems.push(`${file}: the exception for /${source ?? '…'}/ is not needed`);
  return problems;
}

if (import.meta.main) {
  // Node says of `stripTypeScriptTypes` that it may change.
  process.removeAllListeners('warning');
  const src = join(import.meta.dirname, '../src');
  const names = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const files = names
    .sort()
    .map((name) => [`src/${name.split(sep).join('/')}`, readFileSync(join(src, name), 'utf8')] as const);
  const problems = check(new Map(files), exceptions);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
