import type { Mark } from '../terminal/style.ts';
import { type Check, type CheckResult, type Context, hintOf } from './finding/check.ts';
import { type Finding, skipped } from './finding/finding.ts';

/**
 * Runs checks one after the other, in their order. A check is skipped where one that it needs failed or was skipped; a
 * need that is not among the checks (`--only`) counts as met.
 * @param progress called with each check before it runs
 */
export async function runChecks(
  checks: readonly Check[],
  context: Context,
  progress: (check: Check) => void = () => {},
): Promise<CheckResult[]> {
  const done = new Map<string, CheckResult>();
  for (const check of checks) {
    const unmet = check.needs.find((need) => isUnmet(done.get(need)?.result));
    const finding = unmet === undefined ? await start(check, context, progress) : skippedFor(unmet, done.get(unmet)!);
    const { id, title, category } = check;
    done.set(id, { id, title, category, hint: hintOf(id), ...finding });
  }
  return [...done.values()];
}

function start(check: Check, context: Context, progress: (check: Check) => void): Promise<Finding> {
  progress(check);
  return check.run(context);
}

function isUnmet(result: Mark | undefined): boolean {
  return result === 'error' || result === 'skipped';
}

function skippedFor(need: string, { result }: CheckResult): Finding {
  return skipped(`needs ${need}, which ${result === 'error' ? 'found an error' : 'was skipped'}`);
}

/** Whether a run has failed, by `--fail-on`. */
export function isFailed(results: readonly { readonly result: Mark }[], failOn: 'warning' | 'error'): boolean {
  return results.some(({ result }) => result === 'error' || (failOn === 'warning' && result === 'warning'));
}
