import { expect, test } from 'vitest';
import type { Explanation, SampleExplanation } from '../../../src/statsd/explain/explanation.ts';
import { explanationHtml } from '../../../src/statsd/playground/explanation-html.ts';

const sample: SampleExplanation = {
  ...{ value: '1', type: 'c', samplingFactor: 1, outcome: 'taken', notes: [] },
  rule: { index: 0, line: 4, match: 'orders.*', matchType: 'glob', action: 'map', captures: ['eu'] },
  series: { name: 'orders_total', type: 'counter', labels: [['queue', 'eu']], ttl: 60_000 },
};
const line = { line: 'orders.eu:1|c', outcome: 'samples', notes: [], name: 'orders.eu', samples: [sample] } as const;
const explanation: Explanation = {
  lines: [line],
  page: 'orders_total{queue="eu"} 1\n',
  ...{ findings: [], omitted: 0, refused: [], unmapped: 0 },
};
/** The text of the page. */
const read = (one: Explanation) =>
  explanationHtml(one)
    .text.replace(/<[^>]*>/g, '')
    .replace(/&quot;/g, '"')
    .replace(/\s+/g, ' ');

test('tells the rule, its line in the file, what it captured, and the series', () => {
  const text = read(explanation);
  for (const part of [
    'orders.eu:1|c taken',
    'line 4 orders.* glob',
    '$1 eu',
    'orders_total{queue="eu"} counter',
    '60 s',
  ]) {
    expect(text).toContain(part);
  }
  expect(explanationHtml(explanation).text).toContain('data-line="4"');
});

test('tells findings with line and column, and why the mapping is not used', () => {
  const html = explanationHtml({
    ...explanation,
    findings: [{ severity: 'error', code: 'match', line: 15, column: 10, message: 'match is wrong' }],
    problem: 'The mapping has errors.',
  }).text;
  expect(html).toContain('data-line="15" data-column="10">15:10</a> match is wrong');
  expect(html).toContain(
    '<p class="problem" role="alert">The lines are explained without this mapping: it has errors.</p>',
  );
});

test('says of a rule without a unit how short it is', () => {
  const short = { ...line, samples: [{ ...sample, series: { ...sample.series!, ttl: 6e-5 } }] };
  expect(read({ ...explanation, lines: [short] })).toContain('forgotten after 60 ns without samples');
});

test.each([
  ['refused: type_conflict', { ...line, samples: [{ ...sample, outcome: 'refused', reason: 'type_conflict' }] }],
  ['refused', { ...line, outcome: 'refused', reason: 'malformed_line', notes: ['There is no colon.'], samples: [] }],
  ['dropped', { ...line, samples: [{ ...sample, outcome: 'dropped' }] }],
  ['service check', { ...line, outcome: 'service_check', samples: [] }],
  ['mixed', { ...line, samples: [sample, { ...sample, outcome: 'refused', reason: 'malformed_value' }] }],
] as const)('calls a line %s', (outcome, one) => {
  expect(read({ ...explanation, lines: [one] })).toContain(`orders.eu:1|c ${outcome}`);
});

test('says of a name without a rule that there is none', () => {
  const { rule: _, ...unmapped } = sample;
  expect(read({ ...explanation, lines: [{ ...line, samples: [unmapped] }] })).toContain('none matches');
});

test('keeps all of it text, whatever it holds', () => {
  const evil = `<img src=x onerror="alert('1')">&`;
  const html = explanationHtml({
    ...explanation,
    lines: [
      {
        ...{ line: evil, outcome: 'samples', reason: evil, notes: [evil], name: evil },
        samples: [
          {
            ...{ value: evil, type: evil, samplingFactor: 0.1, outcome: 'refused', reason: evil, notes: [evil] },
            rule: { index: 0, line: 1, match: evil, matchType: 'glob', action: 'map', captures: [evil] },
            series: { name: evil, type: 'counter', labels: [[evil, evil]], ttl: 0 },
          },
        ],
      },
    ],
    page: evil,
    findings: [{ severity: 'error', code: evil, line: 1, column: 1, message: evil }],
    problem: evil,
  }).text;
  expect(html).not.toContain('<img');
  expect(html.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
});

test('shows the beginning of what is too much to be read', () => {
  const many = { ...line, samples: Array.from({ length: 5000 }, () => sample) };
  const finding = { severity: 'warning', code: 'x', line: 1, column: 1, message: 'x' } as const;
  const html = explanationHtml({ ...explanation, lines: [many], findings: new Array(500).fill(finding) }).text;
  expect(html.length).toBeLessThan(50_000);
  for (const text of ['… and 4980 more', '… and 400 more']) expect(html).toContain(text);
});
