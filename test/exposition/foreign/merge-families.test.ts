import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Format } from '../../../src/exposition/metric/family.ts';
import type { ParsedFamily } from '../../../src/exposition/metric/parsed-page.ts';
import { apply, hostilePage, step } from '../arbitrary.ts';
import { emptyStore, family, openMetrics, pageLimits, series, text } from '../fixture.ts';
import { parsePage } from '../parsed-page.ts';
import { violations } from '../strict.ts';

// What merging gives is seen on the page, through src/exposition/text/page-entries.ts.
function page(lines: string, format: Format = 'text'): readonly ParsedFamily[] {
  return parsePage(lines, format, pageLimits).families;
}

describe('a foreign page', () => {
  test('stands between our families in the order of the names, with its own headers', () => {
    const store = emptyStore();
    series(family(store, { name: 'b', type: 'gauge' })).set(1);
    store.foreign('haproxy', page('# HELP c about c\n# TYPE c counter\nc{x="1"} 5 1700000000000\na 3\n'));
    expect(text(store)).toBe(
      '# TYPE a untyped\na 3\n# TYPE b gauge\nb 1\n# HELP c about c\n# TYPE c counter\nc{x="1"} 5 1700000000000\n',
    );
    expect(openMetrics(store)).toContain('# TYPE c unknown\n# HELP c about c\nc{x="1"} 5 1700000000\n');
  });

  test('takes the place of the page its source gave before, and goes with null', () => {
    const store = emptyStore();
    const before = store.revision;
    store.foreign('app', page('a 1\nb 1\n'));
    store.foreign('app', page('b 2\n'));
    expect(store.revision).toBeGreaterThan(before);
    expect(text(store)).toBe('# TYPE b untyped\nb 2\n');
    store.foreign('app', null);
    expect(text(store)).toBe('');
  });

  test('adds to a family of ours of the same type, under one header; where both have a series ours is shown', () => {
    const store = emptyStore();
    const gauge = family(store, { name: 'x', type: 'gauge', help: 'ours' });
    series(gauge, { a: '1' }).set(1);
    store.foreign('app', page('# HELP x theirs\n# TYPE x gauge\nx{a="1"} 100\nx{a="2"} 2\n'));
    expect(text(store)).toBe('# HELP x ours\n# TYPE x gauge\nx{a="1"} 1\nx{a="2"} 2\n');
    expect(store.foreignDropped()).toEqual(new Map([['app', 1]]));
    series(gauge, { a: '2' }).set(7);
    expect(text(store)).toBe('# HELP x ours\n# TYPE x gauge\nx{a="1"} 1\nx{a="2"} 7\n');
  });

  test('does not put buckets of its own into a histogram series of ours', () => {
    const store = emptyStore();
    series(family(store, { name: 'h', type: 'histogram', bounds: [1] }), { a: '1' });
    store.foreign(
      'app',
      page('# TYPE h histogram\nh_bucket{a="1",le="5"} 1\nh_count{a="1"} 1\nh_bucket{a="2",le="5"} 1\n'),
    );
    expect(text(store).match(/le="5.0"/g)).toHaveLength(1);
    expect(store.foreignDropped().get('app')).toBe(2);
  });

  test.each([
    ['another type', '# TYPE x counter\nx 1\nx{a="1"} 1\n', 2],
    ['a name that a histogram of ours needs', 'h_count 1\n', 1],
    ['a summary whose age a gauge of ours would be taken for', '# TYPE z summary\nz_sum 1\n', 1],
    ['a histogram that needs a name of ours', '# TYPE y histogram\ny_bucket{le="+Inf"} 1\ny_sum 1\ny_count 1\n', 3],
  ])('loses a family of %s', (_, lines, lost) => {
    const store = emptyStore();
    series(family(store, { name: 'x', type: 'gauge' }));
    series(family(store, { name: 'h', type: 'histogram', bounds: [] }));
    series(family(store, { name: 'y_sum', type: 'gauge' }));
    series(family(store, { name: 'z_created', type: 'gauge' }));
    const before = text(store);
    store.foreign('app', page(lines));
    expect(text(store)).toBe(before);
    expect(store.foreignDropped().get('app')).toBe(lost);
  });

  test('gives way to the source whose name comes first', () => {
    const store = emptyStore();
    store.foreign('b', page('x{a="1"} 2\nx{a="2"} 2\n'));
    store.foreign('a', page('x{a="1"} 1\n'));
    expect(text(store)).toBe('# TYPE x untyped\nx{a="1"} 1\nx{a="2"} 2\n');
    expect(store.foreignDropped()).toEqual(
      new Map([
        ['a', 0],
        ['b', 1],
      ]),
    );
  });

  test('of a Go program keeps both go_memstats_alloc_bytes and its _total', () => {
    const store = emptyStore();
    store.foreign('app', page('# TYPE m gauge\nm 1\n# TYPE m_total counter\nm_total 2\n'));
    expect(openMetrics(store)).toBe('# TYPE m gauge\nm 1\n# TYPE m_total unknown\nm_total 2\n# EOF\n');
  });

  test('of a Python program has its _created gauges in OpenMetrics where they belong', () => {
    const store = emptyStore();
    store.foreign(
      'app',
      page(
        '# TYPE m_total counter\nm_total 2\n# TYPE m_created gauge\nm_created 17\n# TYPE s summary\ns_sum 1\ns_count 1\n# TYPE s_created gauge\ns_created 18\n',
      ),
    );
    expect(text(store)).toContain('# TYPE m_created gauge\nm_created 17\n');
    expect(openMetrics(store)).toBe(
      '# TYPE m counter\nm_total 2\nm_created 17\n# TYPE s summary\ns_sum 1\ns_count 1\ns_created 18\n# EOF\n',
    );
  });

  test('in OpenMetrics loses its _created samples in text only', () => {
    const store = emptyStore();
    store.foreign('app', page('# TYPE m counter\nm_total 2\nm_created 17\n# EOF\n', 'openmetrics'));
    expect(text(store)).toBe('# TYPE m_total counter\nm_total 2\n');
    expect(openMetrics(store)).toBe('# TYPE m counter\nm_total 2\nm_created 17\n# EOF\n');
  });

  test('made by hand loses what no page may have', () => {
    const store = emptyStore();
    store.foreign('app', [
      { name: 'a-b', type: 'gauge', help: '', samples: [{ name: 'a-b', labels: [], value: 1 }] },
      {
        name: 'ok',
        type: 'histogram',
        help: '',
        samples: [
          { name: 'other', labels: [], value: 1 },
          { name: 'ok_sum', labels: [['bad-name', '']], value: 1 },
          { name: 'ok_bucket', labels: [['le', 'x']], value: 1 },
          { name: 'ok_count', labels: [], value: 1 },
          { name: 'ok_count', labels: [], value: 2 },
        ],
      },
    ]);
    expect(text(store)).toBe('# TYPE ok histogram\nok_count 1\n');
    expect(store.foreignDropped().get('app')).toBe(5);
  });
});

describe('foreign pages beside families of ours', () => {
  test('make a valid page that has every sample of ours, in both formats', () => {
    const format = fc.constantFrom<Format>('text', 'openmetrics');
    const steps = fc.array(step, { maxLength: 12 });
    fc.assert(
      fc.property(steps, hostilePage, hostilePage, format, format, (declared, one, two, from, to) => {
        const store = emptyStore();
        for (const each of declared) apply(store, each);
        const alone = store.render(to).toString();
        store.foreign('one', page(one, from));
        store.foreign('two', page(two));
        const merged = store.render(to).toString();
        expect(violations(merged, to)).toEqual([]);
        const lines = new Set(merged.split('\n'));
        // A counter that must be shown as unknown beside theirs has no _created.
        const ours = alone
          .split('\n')
          .filter((line) => !line.startsWith('#') && !/_created(\{.*\})? 1767323045\.678$/.test(line));
        expect(ours.filter((line) => !lines.has(line))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});
