import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ParsedPage } from '../../../src/exposition/foreign/parse-page.ts';
import { createPageParser, formatOf } from '../../../src/exposition/foreign/parse-page.ts';
import type { Format } from '../../../src/exposition/metric/family.ts';
import { hostilePage } from '../arbitrary.ts';
import { emptyStore, pageLimits } from '../fixture.ts';
import { parsePage } from '../parsed-page.ts';
import { violations } from '../strict.ts';

// Lines are sorted into families by src/exposition/foreign/page-families.ts, and taken apart by
// src/exposition/foreign/sample-line.ts.
function parse(page: string, format: Format = 'text'): ParsedPage {
  return parsePage(page, format, pageLimits);
}

describe('a text page', () => {
  test('is taken with the blanks, comments and carriage returns that the format allows', () => {
    const page = [
      '# a comment',
      '',
      '#\tHELP  x  two\\nlines \\\\ and "quotes"',
      '# TYPE x counter',
      '  x{ b = "2" ,a="1",} \t 3 1700000000123 ',
      'x 4\r',
    ].join('\n');
    expect(parse(page)).toEqual({
      families: [
        {
          name: 'x',
          type: 'counter',
          help: ' two\nlines \\ and "quotes"',
          samples: [
            {
              name: 'x',
              labels: [
                ['a', '1'],
                ['b', '2'],
              ],
              value: 3,
              timestamp: 1700000000123,
            },
            { name: 'x', labels: [], value: 4 },
          ],
        },
      ],
      samples: 2,
      badLines: [],
      badLineCount: 0,
      complete: true,
    });
  });

  test('keeps the samples of histograms and summaries together, bounds in one spelling', () => {
    const page =
      '# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n# TYPE s summary\ns{quantile=".5"} 1\ns_count 1\n';
    const { families } = parse(page);
    expect(families.map(({ name, type, samples }) => [name, type, samples.length])).toEqual([
      ['h', 'histogram', 4],
      ['s', 'summary', 2],
    ]);
    expect(families[0]?.samples[0]?.labels).toEqual([['le', '1.0']]);
    expect(families[1]?.samples[0]?.labels).toEqual([['quantile', '0.5']]);
  });

  test('makes a family of each sample that nothing heads', () => {
    expect(parse('a_total 1\nb 2\n').families.map(({ name, type }) => [name, type])).toEqual([
      ['a_total', 'unknown'],
      ['b', 'unknown'],
    ]);
  });

  test.each<[string, string]>([
    ['a-b 1', 'metric name is not valid'],
    ['{"a.b"} 1', 'metric name is not valid'],
    ['a', 'no value'],
    ['a one', 'the value is not a number'],
    ['a 0x1p3', 'the value is not a number'],
    ['a 1_000', 'the value is not a number'],
    ['a 1 2 3', 'more than a value and a timestamp'],
    ['a 1 1.5', 'the timestamp is not valid'],
    ['a{b="1" 1', 'labels are not separated by a comma'],
    ['a{b="1} 1', 'the value of label b does not end or has a wrong escape'],
    ['a{b="\\x"} 1', 'the value of label b does not end or has a wrong escape'],
    ['a{b=1} 1', 'the value of label b is not quoted'],
    ['a{b} 1', 'label without a value'],
    ['a{1b="1"} 1', 'label name is not valid'],
    ['a{__name__="b"} 1', 'label __name__ is reserved'],
    ['a{b="1",b="2"} 1', 'label b is given twice'],
    [`a{${Array.from({ length: 21 }, (_, i) => `l${i}="x"`).join()}} 1`, 'too many labels'],
    ['# TYPE a sometype', 'unknown type for a'],
    ['# TYPE a info', 'unknown type for a'],
    ['# HELP 1a x', 'metric name is not valid'],
    [`a{b="${'x'.repeat(1025)}"} 1`, 'the value of label b is over 1024 bytes'],
    [`a{b="${'x'.repeat(4096)}"} 1`, 'line is too long'],
  ])('leaves out %s', (line, problem) => {
    const page = parse(`before 1\n${line}\nafter 2\n`);
    expect(page.badLines).toEqual([{ line: 2, problem }]);
    expect(page.families.map(({ name }) => name)).toEqual(['before', 'after']);
  });

  test.each<[string, string]>([
    ['# TYPE x gauge\nx 1\n# TYPE x gauge', 'second TYPE line for x'],
    ['# HELP x a\nx 1\n# HELP x b', 'second HELP line for x'],
    ['x 1\n\n# TYPE x gauge', 'x is of this page already'],
    ['x_sum 1\n\n# TYPE x summary', 'x is of this page already'],
    ['# TYPE x histogram\nx_sum 1\nx 1', 'a histogram has no sample named x'],
    ['# TYPE x histogram\nx_sum 1\nx_bucket 1', 'a sample of x_bucket has no label le'],
    ['# TYPE x histogram\nx_sum 1\nx_bucket{le="high"} 1', 'label le of x_bucket is not a number'],
    ['# TYPE x histogram\nx_sum 1\nx_count{le="1"} 1', 'label le does not belong on x_count'],
    ['# TYPE x summary\nx_sum 1\nx 1', 'a sample of x has no label quantile'],
    ['x{a="1"} 1\n\nx{a="1",b=""} 2', 'second sample of one series of x'],
    ['# TYPE x histogram\nx_bucket{le="1"} 1\nx_bucket{le="1.0"} 1', 'second sample of one series of x'],
  ])('leaves out the third line of %j', (page, problem) => {
    expect(parse(page).badLines).toEqual([{ line: 3, problem }]);
  });
});

describe('an OpenMetrics page', () => {
  test('is taken with the names that its series have', () => {
    const page = `# TYPE x counter
# UNIT x seconds
# HELP x say \\"hi\\"
x_total{a="1"} 3 1700000000.123
x_created{a="1"} 1600000000
# TYPE build info
build_info{v="1"} 1
# TYPE up stateset
up{up="yes"} 1
# TYPE h histogram
h_bucket{le="+Inf"} 2 # {trace_id="} # {"} 0.5 1700000000
h_created 1
# EOF
`;
    const { families, badLines, complete } = parse(page, 'openmetrics');
    expect({ badLines, complete }).toEqual({ badLines: [], complete: true });
    expect(families).toMatchObject([
      { name: 'x_total', type: 'counter', unit: 'seconds', help: 'say "hi"' },
      { name: 'build_info', type: 'info' },
      { name: 'up', type: 'stateset' },
      { name: 'h', type: 'histogram', samples: [{ value: 2 }, { name: 'h_created' }] },
    ]);
    expect(families[0]?.samples[0]).toEqual({
      name: 'x_total',
      labels: [['a', '1']],
      value: 3,
      timestamp: 1700000000123,
    });
  });

  test.each([
    ['x 1\n', false, 0],
    ['x 1\n# EOF', true, 0],
    ['x 1\n# EOF\n', true, 0],
    ['x 1\n# EOF\ny 1\n', true, 1],
  ])('%j is complete: %s', (page, complete, badLineCount) => {
    expect(parse(page, 'openmetrics')).toMatchObject({ complete, badLineCount, samples: 1 });
  });
});

describe('limits', () => {
  test.each<[Partial<typeof pageLimits>, string, number]>([
    [{ samples: 2 }, 'samples', 2],
    [{ families: 2 }, 'families', 2],
    [{ bytes: 11 }, 'bytes', 0],
  ])('%j stops the page, and what came before stays', (limits, over, samples) => {
    const page = parsePage('a 1\nb 2\nc 3\nd 4\n', 'text', { ...pageLimits, ...limits });
    expect(page).toMatchObject({ over, samples, complete: false });
  });

  test('hold the help lines that nothing follows', () => {
    const page = parsePage('# HELP a x\n# HELP b x\n# HELP c x\n', 'text', { ...pageLimits, families: 2 });
    expect(page.over).toBe('families');
  });

  test('skip a line that never ends without keeping it', () => {
    const parser = createPageParser('text', { ...pageLimits, lineCharacters: 10 });
    for (let i = 0; i < 100; i++) parser.push(Buffer.from('x'.repeat(7)));
    parser.push(Buffer.from('\nb 2\n'));
    expect(parser.end()).toMatchObject({ badLineCount: 1, badLines: [{ line: 1 }], families: [{ name: 'b' }] });
  });

  test('keep the first twenty bad lines and count the rest', () => {
    const page = parse('no\n'.repeat(50));
    expect(page.badLines).toHaveLength(20);
    expect(page.badLineCount).toBe(50);
  });
});

const format = fc.constantFrom<Format>('text', 'openmetrics');

describe('any bytes', () => {
  test('never throw, and mean the same in whatever pieces they come', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          hostilePage.map((text) => Buffer.from(text)),
          fc.uint8Array({ maxLength: 200 }),
        ),
        format,
        fc.integer({ min: 1, max: 9 }),
        (bytes, as, size) => {
          const parser = createPageParser(as, pageLimits);
          for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, at + size));
          expect(parser.end()).toEqual(parsePage(bytes, as, pageLimits));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('that are taken make a valid page, which is taken as it is', () => {
    fc.assert(
      fc.property(hostilePage, format, format, (page, from, to) => {
        const once = emptyStore();
        once.foreign('app', parsePage(page, from, pageLimits).families);
        const first = once.render(to).toString();
        expect(violations(first, to)).toEqual([]);
        const parsed = parsePage(first, to, pageLimits);
        expect(parsed).toMatchObject({ badLines: [], complete: true });
        const twice = emptyStore();
        twice.foreign('app', parsed.families);
        expect(twice.render(to).toString()).toBe(first);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('formatOf', () => {
  test.each([
    ['application/openmetrics-text; version=1.0.0', 'openmetrics'],
    ['Application/OpenMetrics-Text', 'openmetrics'],
    ['text/plain; version=0.0.4', 'text'],
    [undefined, 'text'],
  ])('%s is %s', (type, expected) => {
    expect(formatOf(type)).toBe(expected);
  });
});
