import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { normalisedElsewhere, normalisers } from '../peer/statsd-normalise.ts';
import { expectedRows } from './conformance-answer.ts';
import { caseFiles, conformanceCases, ruleTable } from './conformance-case.ts';
import { ourAnswer } from './conformance-run.ts';

const cases = conformanceCases();

/** Differences outside of lines and pages, and their tests. */
const shownElsewhere: ReadonlyMap<string, string> = new Map([
  ['addresses', 'test/statsd/receive/udp/listen-udp.test.ts'],
  ['openmetrics', 'test/scrape'],
  ['quantile-error', 'test/statsd/series/summary.test.ts'],
]);

describe.each(caseFiles())('%s', (file) => {
  describe.each(['UDP', 'TCP'] as const)('over %s', (transport) => {
    const sent = cases.filter(
      (one) => one.file === file && (transport === 'UDP' || one.steps.some(({ kind }) => kind === 'lines')),
    );
    test.each(sent.map((one) => [one.title, one] as const))('%s', async (_, one) => {
      expect(await ourAnswer(one, transport)).toEqual(expectedRows(one.expected, one.exactly));
    });
  });
});

test('every rule has a case, and every case a rule', () => {
  const shown = new Set(cases.flatMap(({ rules }) => rules));
  expect([...shown].sort()).toEqual([...ruleTable().keys()].sort());
  expect(cases.filter(({ rules }) => rules.length === 0).map(({ file, title }) => `${file}: ${title}`)).toEqual([]);
});

test('titles are told apart', () => {
  const titles = cases.map(({ file, title }) => `${file}: ${title}`);
  expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
});

const list = readFileSync(new URL('../../docs/statsd-differences.md', import.meta.url), 'utf8');
const listed = [...list.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, id]) => id!);

test('every difference of the list is shown by a case, and no case has another', () => {
  const shown = new Set(cases.flatMap(({ differs }) => (differs === undefined ? [] : [differs.id])));
  expect([...shown, ...shownElsewhere.keys()].sort()).toEqual(listed.sort());
});

test('the tests outside of the cases that the list and this file name exist', () => {
  const named = [...list.matchAll(/`(test\/[\w/.-]+)`/g)].map(([, path]) => path!);
  const missing = [...named, ...shownElsewhere.values()].filter(
    (path) => !existsSync(new URL(`../../${path}`, import.meta.url)),
  );
  expect(missing).toEqual([]);
});

test('generated lines are rid of no difference that the list does not have', () => {
  const made = [...normalisers.map(({ id }) => id), ...normalisedElsewhere.keys()];
  expect(made.filter((id) => !listed.includes(id))).toEqual([]);
});
