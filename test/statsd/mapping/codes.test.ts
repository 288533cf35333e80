import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { goldenCases, goldenFiles } from './golden-case.ts';

const docs = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');

/** Codes of the file around a mapping, which `validate` checks: shown in test/cli/commands/validate-command.test.ts. */
const ofFiles = ['no_mapping', 'template'];

test('the codes of findings in docs/cli.md are those that the cases show', () => {
  const table = docs.slice(docs.indexOf('| Code |')).split('\n\n')[0]!;
  const listed = [...table.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell]) => cell!.match(/\w+/g) ?? []);
  const shown = goldenFiles()
    .flatMap(goldenCases)
    .flatMap(({ sections }) => sections.get('findings') ?? [])
    .map((row) => /\((\w+)\)$/.exec(row)![1]!);
  expect(listed.toSorted()).toEqual([...new Set([...shown, ...ofFiles])].sort());
});
