import { expect, test } from 'vitest';
import type { MissedPods } from '../../../src/check/cluster/missed-pods.ts';
import type { SidecarGroup } from '../../../src/check/cluster/sidecar-list.ts';
import { type CheckResult, hintOf } from '../../../src/check/finding/check.ts';
import { jsonReport, shortReport, tableReport } from '../../../src/check/report/check-report.ts';
import { listJson, missedTable, sidecarTable } from '../../../src/check/report/list-report.ts';
import type { Mark } from '../../../src/terminal/style.ts';
import { printable, styleOf } from '../../../src/terminal/style.ts';
import { expectGolden } from '../golden.ts';

function result(
  id: string,
  category: CheckResult['category'],
  of: Mark,
  message: string,
  details: string[] = [],
): CheckResult {
  return { id, title: `the title of ${id}`, category, result: of, message, details, hint: hintOf(id) };
}

const found = [
  result('kubernetes.reachable', 'kubernetes', 'ok', 'https://10.0.0.1:6443 answers'),
  result('webhook.endpoints', 'webhook', 'warning', 'not ready: 1 pod of 2 behind Service a/b; see its log', [
    'pod metrics-sidecar-a: Running, not ready',
  ]),
  result('webhook.ca-bundle', 'webhook', 'error', 'the caBundle holds no certificate: set it'),
  result('webhook.version', 'webhook', 'skipped', 'needs webhook.endpoints, which was skipped'),
];

const plain = styleOf(false, { LANG: 'en_US.UTF-8' });

test('table', () => expectGolden('report-table.txt', tableReport(found, plain)));
test('short', () => expectGolden('report-short.txt', shortReport(found, plain)));
test('json', () => expectGolden('report.json', jsonReport(found, '1.2.3')));
test('in colour', () => expectGolden('report-colour.txt', shortReport(found, styleOf(true, { LANG: 'C.UTF-8' }))));

test('nothing is wrong', () => {
  expect(shortReport(found.slice(0, 1), plain)).toBe('metrics-sidecar check: 0 errors, 0 warnings, 1 ok, 0 skipped\n');
});

test.each<[string, boolean, Record<string, string>, boolean]>([
  ['a terminal', true, {}, true],
  ['no terminal', false, {}, false],
  ['a terminal and NO_COLOR', true, { NO_COLOR: '1' }, false],
  ['a terminal and an empty NO_COLOR', true, { NO_COLOR: '' }, true],
  ['a dumb terminal', true, { TERM: 'dumb' }, false],
  ['FORCE_COLOR', false, { FORCE_COLOR: '1', NO_COLOR: '1', TERM: 'dumb' }, true],
  ['FORCE_COLOR=0 on a terminal', true, { FORCE_COLOR: '0' }, false],
])('colours: %s', (_, isTerminal, env, isColoured) => {
  expect(styleOf(isTerminal, env).paint('error', 'x')).toBe(isColoured ? '\u001b[31mx\u001b[0m' : 'x');
});

test.each<[Record<string, string>, string]>([
  [{ LANG: 'de_DE.UTF-8' }, '√ ‼ ×'],
  [{ LC_ALL: 'C', LANG: 'de_DE.UTF-8' }, '+ ! x'],
  [{ LC_CTYPE: 'C.utf8' }, '√ ‼ ×'],
  [{ WT_SESSION: 'x' }, '√ ‼ ×'],
  [{}, '+ ! x'],
])('symbols: %j', (env, symbols) => {
  const { ok, warning, error } = styleOf(false, env).symbol;
  expect([ok, warning, error].join(' ')).toBe(symbols);
});

test('what comes from the cluster moves no cursor', () => {
  expect(printable('a\u001b[2Jb\nc\u009bd')).toBe('a?[2Jb?c?d');
  const evil = [result('a.b', 'pods', 'error', 'x\u001b[31m', ['y\r'])];
  for (const text of [tableReport(evil, plain), shortReport(evil, plain)]) expect(text).not.toMatch(/[\u001b\r]/);
});

const sidecars: SidecarGroup[] = [
  {
    namespace: 'shop',
    owner: 'deployment/web',
    pods: ['web-a', 'web-b'],
    kinds: ['statsd', 'ingest'],
    version: '1.2.3',
    image: 'example.test/metrics-sidecar:1.2.3',
    native: true,
    drift: [],
  },
  {
    namespace: 'shop-staging',
    owner: 'pod/alone',
    pods: ['alone'],
    kinds: ['haproxy'],
    version: '1.1.0',
    image: 'example.test/metrics-sidecar:1.1.0',
    native: false,
    drift: ["version 1.1.0, the webhook's is 1.2.3", 'opted out after its injection'],
  },
];
const missed: MissedPods[] = [
  {
    namespace: 'shop',
    owner: 'deployment/web',
    pods: 2,
    why: 'created before the webhook was installed',
    restart: true,
  },
  { namespace: 'shop', owner: 'job/import', pods: 1, why: 'refused: wrong', restart: false },
];

test('list', () => expectGolden('list-table.txt', sidecarTable(sidecars)));
test('list --missed', () => expectGolden('list-missed.txt', missedTable(missed)));
test('list -o json', () => expectGolden('list.json', listJson('sidecars', sidecars)));
test('empty lists say so', () => {
  expect([sidecarTable([]), missedTable([])]).toEqual([
    'no pod is injected\n',
    'every pod that asks has its sidecar\n',
  ]);
});
