import { type BackOff, backOff } from '../../timing/back-off.ts';
import type { KubeProblem } from '../kube.ts';

/** As client-go's reflector. */
const limits: BackOff = { first: 800, most: 30_000 };
/** Milliseconds where a person has to change something first: rights, or a resource that is not served. */
const needsPerson = 60_000;

/**
 * Milliseconds to wait before the API server is asked again: anything from 0 to the whole back-off, so that replicas do
 * not ask in step, and never less than the API server asked for.
 * @param failures in a row, this one included
 * @param random in [0, 1)
 */
export function retryDelay({ code, retryAfter = 0 }: KubeProblem, failures: number, random: number): number {
  const isForPerson = code === 'forbidden' || code === 'not_found' || code === 'invalid';
  const longest = isForPerson ? needsPerson : backOff(limits, failures);
  return Math.max(retryAfter, random * longest);
}
