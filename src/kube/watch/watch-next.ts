import type { KubeProblem } from '../kube.ts';
import type { WatchEnd } from './watch-once.ts';

/** The step after a watch. */
export interface WatchNext {
  /** Whether to list everything again; otherwise a watch goes on from the last version. */
  readonly relist: boolean;
  /** Failures in a row. */
  readonly failures: number;
  /** The problem to wait for first, if any. */
  readonly wait: KubeProblem | undefined;
  /** Whether to report that problem: a broken connection is none before reconnecting fails. */
  readonly report: boolean;
}

/** After this many failures in a row everything is listed again. */
const relistAfter = 5;
/** Milliseconds. A server between us and the API server ends a watch that is shorter and received nothing. */
const tooShort = 1000;

/**
 * @param path of the watch, for people
 * @param lived milliseconds
 * @param before failures in a row before it
 */
export function watchNext(path: string, end: WatchEnd, lived: number, before: number): WatchNext {
  const inOrder = end.receivedAny || lived >= tooShort;
  const problem = end.problem ?? (inOrder ? undefined : endedAtOnce(path));
  if (problem === undefined) return { relist: !end.resume, failures: 0, wait: undefined, report: false };
  const failures = end.receivedAny ? 1 : before + 1;
  const relist = !end.resume || failures % relistAfter === 0;
  // After a long pause the history is gone in the ordinary course.
  const ordinary = problem.code === 'gone' && failures === 1;
  return { relist, failures, wait: ordinary ? undefined : problem, report: !ordinary && (!end.opened || failures > 1) };
}

function endedAtOnce(path: string): KubeProblem {
  return { code: 'unreachable', message: `watch of ${path}: HTTP: it ended at once, without a word` };
}
