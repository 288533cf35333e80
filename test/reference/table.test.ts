import { expect, test } from 'vitest';
import { code, markdownTable, type Table, textTable } from '../../src/reference/table.ts';

const table: Table = {
  head: ['name', 'type', 'what it says'],
  rows: [
    ['series', 'gauge', 'Series on the page.'],
    ['scrape_bytes', '', 'The size of the page before this one, uncompressed.'],
  ],
};

test('without a terminal every row is one line', () => {
  expect(textTable(table)).toBe(
    [
      'NAME          TYPE   WHAT IT SAYS',
      'series        gauge  Series on the page.',
      'scrape_bytes  -      The size of the page before this one, uncompressed.',
      '',
    ].join('\n'),
  );
});

test('on a terminal the sentence is wrapped behind the other columns', () => {
  expect(textTable(table, 60)).toBe(
    [
      'NAME          TYPE   WHAT IT SAYS',
      'series        gauge  Series on the page.',
      'scrape_bytes  -      The size of the page before this one,',
      '                     uncompressed.',
      '',
    ].join('\n'),
  );
});

test('where the other columns leave no room, below them', () => {
  expect(textTable(table, 40)).toBe(
    [
      'NAME          TYPE',
      '    WHAT IT SAYS',
      'series        gauge',
      '    Series on the page.',
      'scrape_bytes  -',
      '    The size of the page before this',
      '    one, uncompressed.',
      '',
    ].join('\n'),
  );
});

test('Markdown', () => {
  const rows = [
    [code('a|b'), ''],
    [code(''), 'one'],
  ];
  expect(markdownTable({ head: ['A', 'B'], rows })).toBe('| A | B |\n| --- | --- |\n| `a\\|b` |  |\n|  | one |');
});
