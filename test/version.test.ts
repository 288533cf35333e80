import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { version } from '../src/cli/version.ts';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

test('the version stands in one place and is the same everywhere', () => {
  expect(JSON.parse(read('package.json'))).toMatchObject({ version });
  expect(JSON.parse(read('package-lock.json'))).toMatchObject({ version });
  expect(read('CHANGELOG.md')).toContain(`\n## ${version} (`);
});
