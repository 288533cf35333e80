import type { KubeProblem } from '../kube.ts';
import type { WatchEnd } from './watch-once.ts';

/** What to do after a watch. */
export interface WatchNext {
  /** List everything again, rather than go on from the last version. */
  readonly relist: boolean;
  /** How many times in a row it went wrong. */
  readonly failures: number;
  /** What to wait for before that, if anything. */
  readonly wait: KubeProblem | undefined;
  /** Whether that is worth telling: a connection that broke is no problem before it cannot be made again. */
  readonly tell: boolean;
}

/** Failures in a row after which everything is listed again, whatever they were. */
const patience = 5;
/** Milliseconds. A watch that ends sooner and told nothing is ended by something between us and the API server. */
const tooShort = 1000;

/**
 * @param path of the watch, for people
 * @param lived milliseconds
 * @param before failures in a row before it
 */
export function watchNext(path: string, end: WatchEnd, lived: number, before: number): WatchNext {
  const inOrder = end.heard || lived >= tooShort;
  const problem = end.problem ?? (inOrder ? undefined : endedAtOnce(path));
  if (problem === undefined) return { relist: !end.resume, failures: 0, wait: undefined, tell: false };
  const failures = end.heard ? 1 : before + 1;
  const relist = !end.resume || failures % patience === 0;
  // History that is gone is the ordinary end of a long pause.
  const ordinary = problem.code === 'gone' && failures === 1;
  return { relist, failures, wait: ordinary ? undefined : problem, tell: !ordinary && (!end.opened || failures > 1) };
}

function endedAtOnce(path: string): KubeProblem {
  return { code: 'unreachable', message: `watch of ${path}: HTTP: it ended at once, without a word` };
}
