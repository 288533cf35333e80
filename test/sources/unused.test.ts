import { expect, test } from 'vitest';
import { unusedExports } from '../../scripts/unused-exports.ts';
import { unusedPackages } from '../../scripts/unused-packages.ts';
import { wideComments } from '../../scripts/wide-lines.ts';

test('exports that nothing imports, or tests alone', () => {
  const sources = new Map([
    [
      'src/a.ts',
      'export const used = 1;\nexport function unused() {}\nexport const tested = 2;\nexport const allowed = 3;',
    ],
    [
      'src/b/b.ts',
      "import { used } from '../a.ts';\nexport type Of = { own: Own };\nexport interface Own {}\nexport type No = 1;",
    ],
    ['src/c.ts', "const { late } = await import('./d.ts');"],
    ['src/d.ts', 'export async function late() {}'],
    ['test/a.test.ts', "import { allowed, tested } from '../src/a.ts';\nimport type { Of } from '../src/b/b.ts';"],
  ]);
  expect(unusedExports(sources, { allowed: 'a reason', used: 'none' })).toEqual([
    'src/a.ts: nothing imports unused',
    'src/a.ts: tests alone import tested',
    'src/b/b.ts: nothing imports No',
    'the exception for used is not needed',
  ]);
});

test('packages that nothing uses', () => {
  const sources = new Map([
    ['src/a.ts', "import a from 'a';\nimport b from '@b/b/part';"],
    ['test/a.test.ts', "import c from 'c';\nimport d from 'd';"],
  ]);
  const packages = {
    scripts: { run: 'node node_modules/e/main.js' },
    dependencies: { a: '1', '@b/b': '1', c: '1' },
    devDependencies: { d: '1', e: '1', f: '1', g: '1' },
  };
  expect(unusedPackages(packages, sources, { f: 'a reason', e: 'none' })).toEqual([
    'package.json: src/ does not import c',
    'package.json: nothing uses g',
    'the exception for e is not needed',
  ]);
});

test('comments beyond 120 columns', () => {
  const wide = 'x'.repeat(120);
  const sources = new Map([
    ['a.ts', `const a = '${wide}';\n// ${wide}\n * ${wide.slice(3)}\n`],
    ['.ci/run', `echo\n# ${wide}\n`],
  ]);
  expect(wideComments(sources)).toEqual(['a.ts:2: a comment of 123 columns', '.ci/run:2: a comment of 122 columns']);
});
