import type { KubeProblem } from '../../kube/kube.ts';
import type { Result } from '../../result/result.ts';
import type { Mark } from '../../terminal/style.ts';

/** What a check found. */
export interface Finding {
  readonly result: Mark;
  /** One sentence: what is wrong, where, and what to do; or what is right; or why it was not looked at. */
  readonly message: string;
  /** What it was found at, one line each, where that is more than one thing. */
  readonly details: readonly string[];
}

/** Something read of the cluster, or the finding that its absence is. */
export type Read<T> = Result<T, Finding>;

const finding =
  (result: Mark) =>
  (message: string, details: readonly string[] = []): Finding => ({ result, message, details });

export const ok = finding('ok');
export const warning = finding('warning');
export const error = finding('error');
export const skipped = finding('skipped');

/**
 * What could not be read. What the person may not read says nothing about the cluster, so that is skipped; so is what the
 * cluster does not have, unless the caller knows better.
 */
export function unread({ code, message }: KubeProblem, what: string): Finding {
  if (code === 'forbidden') return skipped(`you may not ${what}, so this was not looked at: ${message}`);
  return error(`could not ${what}: ${message}`);
}

/** What the API server said, without the method, the path and the status before it. */
export function saidBy({ message }: KubeProblem): string {
  return message.replace(/^[A-Z]+ \S+: \d{3}: /, '');
}

const mostDetails = 20;

/** As many of the lines as somebody reads, and how many more there are. */
export function shown(lines: readonly string[]): readonly string[] {
  if (lines.length <= mostDetails) return lines;
  return [...lines.slice(0, mostDetails), `and ${lines.length - mostDetails} more`];
}
