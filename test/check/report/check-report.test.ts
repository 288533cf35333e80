import { expect, test } from 'vitest';
import { type CheckResult, hintOf } from '../../../src/check/finding/check.ts';
import { jsonReport, shortReport, tableReport } from '../../../src/check/report/check-report.ts';
import { type Mark, styleOf } from '../../../src/terminal/style.ts';
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

const results = [
  result('kubernetes.reachable', 'kubernetes', 'ok', 'https://10.0.0.1:6443 answers'),
  result('webhook.endpoints', 'webhook', 'warning', 'not ready: 1 pod of 2 behind Service a/b; see its log', [
    'pod metrics-sidecar-a: Running, not ready',
  ]),
  result('webhook.ca-bundle', 'webhook', 'error', 'the caBundle holds no certificate: set it'),
  result('webhook.version', 'webhook', 'skipped', 'needs webhook.endpoints, which was skipped'),
];

const plain = styleOf(false, { LANG: 'en_US.UTF-8' });

test('table', () => expectGolden('report-table.txt', tableReport(results, plain)));
test('short', () => expectGolden('report-short.txt', shortReport(results, plain)));
test('json', () => expectGolden('report.json', jsonReport(results, '1.2.3')));
test('in colour', () => expectGolden('report-colour.txt', shortReport(results, styleOf(true, { LANG: 'C.UTF-8' }))));

test('nothing is wrong', () => {
  expect(shortReport(results.slice(0, 1), plain)).toBe(
    'metrics-sidecar check: 0 errors, 0 warnings, 1 ok, 0 skipped\n',
  );
});

test('control characters of the cluster do not reach the terminal', () => {
  const evil = [result('a.b', 'pods', 'error', 'x\u001b[31m', ['y\r'])];
  for (const text of [tableReport(evil, plain), shortReport(evil, plain)]) expect(text).not.toMatch(/[\u001b\r]/);
});
