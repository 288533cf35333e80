import type { Reloaded, Runtime } from '../runtime/runtime.ts';

/** Reloads every runtime that has something to reload; one that cannot keeps what it had, and says so. */
export async function reloadAll(runtimes: readonly Runtime[]): Promise<Reloaded> {
  const results = await Promise.all(runtimes.map((runtime) => runtime.reload?.()));
  const problems = results.flatMap((result) => (result === undefined || result.ok ? [] : [result.problem]));
  if (problems.length > 0) return { ok: false, problem: problems.join('; ') };
  const what = results.flatMap((result) => (result?.ok ? [result.value] : []));
  return { ok: true, value: what.length === 0 ? 'nothing to reload' : what.join('; ') };
}
