import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Check, Context } from '../../src/check/finding/check.ts';
import { isFailed, runChecks } from '../../src/check/run-checks.ts';
import { type Mark, marks } from '../../src/terminal/style.ts';

const context = {} as Context;

function check(id: string, result: Mark, needs: readonly string[] = []): Check {
  return {
    id,
    title: id,
    category: 'webhook',
    needs,
    run: async () => ({ result, message: `${id} is ${result}`, details: [] }),
  };
}

test.each<[Mark, string]>([
  ['ok', 'b.two is ok'],
  ['warning', 'b.two is ok'],
  ['error', 'needs a.one, which found an error'],
  ['skipped', 'needs a.one, which was skipped'],
])('a check that needs one that is %s', async (result, message) => {
  const started: string[] = [];
  const checks = [check('a.one', result), check('b.two', 'ok', ['a.one']), check('c.three', 'ok', ['b.two'])];
  const results = await runChecks(checks, context, ({ id }) => started.push(id));
  expect(results[1]!.message).toBe(message);
  expect(results[2]!.result).toBe(result === 'error' || result === 'skipped' ? 'skipped' : 'ok');
  expect(started).toEqual(results.filter(({ message: one }) => !one.startsWith('needs')).map(({ id }) => id));
});

test('a need that was not chosen counts as met', async () => {
  expect(await runChecks([check('b.two', 'ok', ['a.one'])], context)).toMatchObject([{ result: 'ok' }]);
});

test('a run fails by its errors, or by its warnings too; ok and skipped checks do not count', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...marks)),
      fc.constantFrom('warning' as const, 'error' as const),
      (all, failOn) => {
        const results = all.map((result) => ({ result }));
        const failing: readonly string[] = failOn === 'error' ? ['error'] : ['error', 'warning'];
        expect(isFailed(results, failOn)).toBe(all.filter((result) => failing.includes(result)).length > 0);
      },
    ),
  );
});
