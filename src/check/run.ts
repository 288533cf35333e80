import type { Mark } from '../terminal/style.ts';
import { type Check, type CheckResult, type Context, hintOf } from './finding/check.ts';
import { type Finding, skipped } from './finding/finding.ts';

/**
 * Runs checks in their order, one after the other. A check whose need was not met is skipped and says so; a need that is
 * not among the checks (`--only`) is taken for met.
 * @param progress is told the check that begins
 */
export async function runChecks(
  checks: readonly Check[],
  context: Context,
  progress: (check: Check) => void = () => {},
): Promise<CheckResult[]> {
  const done = new Map<string, CheckResult>();
  for (const check of checks) {
    const unmet = check.needs.find((need) => isUnmet(done.get(need)?.result));
    const found = unmet === undefined ? await begun(check, context, progress) : dependent(unmet, done.get(unmet)!);
    const { id, title, category } = check;
    done.set(id, { id, title, category, hint: hintOf(id), ...found });
  }
  return [...done.values()];
}

function begun(check: Check, context: Context, progress: (check: Check) => void): Promise<Finding> {
  progress(check);
  return check.run(context);
}

function isUnmet(result: Mark | undefined): boolean {
  return result === 'error' || result === 'skipped';
}

function dependent(need: string, { result }: CheckResult): Finding {
  return skipped(`needs ${need}, which ${result === 'error' ? 'found an error' : 'was skipped'}`);
}

/** Whether a run has failed, by what `--fail-on` says. */
export function isFailed(found: readonly { readonly result: Mark }[], failOn: 'warning' | 'error'): boolean {
  return found.some(({ result }) => result === 'error' || (failOn === 'warning' && result === 'warning'));
}
