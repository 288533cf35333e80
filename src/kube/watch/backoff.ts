import type { KubeProblem } from '../kube.ts';

/** Milliseconds; as client-go's reflector: 0.8 s, doubled, 30 s at most. */
const first = 800;
const most = 30_000;
/** What a person has to change first (rights, a resource that is not served): no hurry. */
const slow = 60_000;

/**
 * Milliseconds to wait before asking again, spread over the whole span so that replicas do not ask in step, and never
 * less than the API server asked for.
 * @param failures in a row, this one included
 * @param random in [0, 1)
 */
export function backoff(problem: KubeProblem, failures: number, random: number): number {
  const patient = problem.code === 'forbidden' || problem.code === 'not_found' || problem.code === 'invalid';
  const span = patient ? slow : Math.min(most, first * 2 ** (failures - 1));
  return Math.max(problem.retryAfter ?? 0, random * span);
}
