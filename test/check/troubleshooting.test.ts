import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CheckResult, hintOf } from '../../src/check/finding/check.ts';
import { jsonReport } from '../../src/check/report/check-report.ts';
import { allChecks } from './all-checks.ts';

const file = join(import.meta.dirname, '../../docs/troubleshooting.md');
const read = () => readFileSync(file, 'utf8');
const byCheck = () => read().split('# By check\n')[1]!;

test('every check has a section, and every section a check', () => {
  const headings = [...byCheck().matchAll(/^## (.+)$/gm)].map(([, heading]) => heading!);
  expect(headings.toSorted()).toEqual(allChecks.map(({ id }) => id).toSorted());
});

test('each section says symptom, cause and what to do', () => {
  const incomplete = byCheck()
    .split(/^## /m)
    .slice(1)
    .filter((section) => !/- \*\*Symptom\*\*: [\s\S]+- \*\*Cause\*\*: [\s\S]+- \*\*What to do\*\*: /.test(section));
  expect(incomplete).toEqual([]);
});

test('the list of checks is that of the code (UPDATE_GOLDENS=1 writes it)', () => {
  const rows = allChecks.map(({ id, title, category }) => {
    return `| [${id}](${hintOf(id).replace('docs/troubleshooting.md', '')}) | ${category} | ${title} |`;
  });
  const list = ['| Check | About | Ok means |', '| --- | --- | --- |', ...rows].join('\n');
  const listed = read().replace(/(<!-- checks -->\n)[\s\S]*(<!-- \/checks -->)/, `$1\n${list}\n\n$2`);
  if (process.env.UPDATE_GOLDENS) writeFileSync(file, listed);
  expect(read()).toBe(listed);
});

test('links within the page lead somewhere', () => {
  const anchors = new Set([...read().matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!)));
  const links = [...read().matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor!);
  expect(links.filter((anchor) => !anchors.has(anchor))).toEqual([]);
});

/** As GitHub makes it: lower case, spaces to hyphens, without everything else that is no letter, digit or hyphen. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-');
}

test('the JSON of the page is what the program prints', () => {
  const example = JSON.parse(/```json\n([\s\S]+?)```/.exec(read())![1]!) as { version: string; checks: CheckResult[] };
  expect(JSON.parse(jsonReport(example.checks, example.version))).toEqual(example);
  expect(jsonReport(example.checks, example.version).match(/"\w+":/g)).toEqual(read().match(/"\w+":/g));
  for (const { id, title, category } of example.checks) {
    expect(allChecks.find((check) => check.id === id)).toMatchObject({ title, category });
  }
});
