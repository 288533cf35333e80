import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { oldestMajor } from '../packed/machine-node.ts';

const root = join(import.meta.dirname, '../..');
const text = (file: string) => readFileSync(join(root, file), 'utf8');

test('the oldest Node of package.json is the one that sources are checked and built for, and that CI packs for', () => {
  const oldest = oldestMajor();
  const { devDependencies } = JSON.parse(text('package.json')) as { devDependencies: Record<string, string> };
  const types = Object.entries(devDependencies).find(([name]) => name.startsWith('@node'));
  expect(types).toEqual([`@node${oldest}/node`, expect.stringMatching(`^npm:@types/node@~${oldest}\\.`)]);
  expect(text('tsconfig.oldest.json')).toContain(`"node_modules/@node${oldest}"`);
  expect(text('scripts/build.ts')).toContain(`target: 'node${oldest}'`);
  expect(text('.github/workflows/test.yml')).toContain(`REQUIRE_OLDEST_NODE: \${{ matrix.node == ${oldest} &&`);
});
