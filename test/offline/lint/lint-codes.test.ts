import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lintReasons, reasons } from '../../../src/inject/outcome/reasons.ts';

test('every code that only lint knows is in one of its tests, and no decision has it', () => {
  const tests = readdirSync(import.meta.dirname)
    .filter((file) => /^lint-?[a-z]*\.test\.ts$/.test(file) && file !== 'lint-codes.test.ts')
    .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
    .join('');
  const said = `${tests}${readFileSync(join(import.meta.dirname, '../../golden/offline/lint.txt'), 'utf8')}`;
  expect(Object.keys(lintReasons).filter((code) => !said.includes(code))).toEqual([]);
  expect(Object.keys(lintReasons).filter((code) => code in reasons)).toEqual([]);
});

test.each(Object.entries(lintReasons))('%s: a sentence without capital or stop, and what to do', (_, entry) => {
  expect(entry.sentence).toMatch(/^[^A-Z].*[^.]$/);
  expect(entry.action).toMatch(/^[A-Z].*\.$/);
  expect(entry.sentence.length).toBeLessThanOrEqual(75);
});
