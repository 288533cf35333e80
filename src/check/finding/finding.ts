import type { KubeProblem } from '../../kube/kube.ts';
import type { Result } from '../../result/result.ts';
import type { Mark } from '../../terminal/style.ts';

/** The outcome of a check. */
export interface Finding {
  readonly result: Mark;
  /**
   * One sentence: the problem, its place and the remedy; or the fact that is right; or the reason why it was skipped.
   */
  readonly message: string;
  /** One line for each object with the problem, where there are several. */
  readonly details: readonly string[];
}

/** A value read from the cluster, or the finding that says why it could not be read. */
export type Read<T> = Result<T, Finding>;

const finding =
  (result: Mark) =>
  (message: string, details: readonly string[] = []): Finding => ({ result, message, details });

export const ok = finding('ok');
export const warning = finding('warning');
export const error = finding('error');
export const skipped = finding('skipped');

/** The finding of a failed read. A missing right says nothing about the cluster: the check is skipped. */
export function unread({ code, message }: KubeProblem, what: string): Finding {
  if (code === 'forbidden') return skipped(`you may not ${what}, so this was not checked: ${message}`);
  return error(`could not ${what}: ${message}`);
}

/** The API server's message, without the method, the path and the status before it. */
export function serverMessage({ message }: KubeProblem): string {
  return message.replace(/^[A-Z]+ \S+: \d{3}: /, '');
}

const mostDetails = 20;

/** The first lines, and how many more there are. */
export function firstLines(lines: readonly string[]): readonly string[] {
  if (lines.length <= mostDetails) return lines;
  return [...lines.slice(0, mostDetails), `and ${lines.length - mostDetails} more`];
}
