import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { MetricType } from '../../src/exposition/metric/family.ts';
import type { Family, MetricStore, Series } from '../../src/exposition/metric/metric-store.ts';
import { emptyStore, family, openMetrics, pageLimits, series, text } from './fixture.ts';
import { parsePage } from './parsed-page.ts';
import { violations } from './strict.ts';

const directory = new URL('../golden/exposition/', import.meta.url);

interface Golden {
  readonly title: string;
  readonly declarations: string;
  readonly text: string;
  readonly openMetrics: string;
}

/** Title, declarations and the two pages, each part under a line of its own. */
function read(file: string): Golden {
  const parts = readFileSync(new URL(file, directory), 'utf8').split(/^=== .*\n/m);
  const [title = '', declarations = '', page = '', om = ''] = parts;
  return { title: title.trim(), declarations, text: page, openMetrics: om };
}

function numbers(list: string | undefined): number[] {
  return (list ?? '').split(',').filter(Boolean).map(Number);
}

/** `gauge queue_depth unit=jobs bounds=1,2 quantiles=0.5 help=The rest of the line, with the escapes of JSON` */
function declare(store: MetricStore, line: string): Family {
  const [, type = '', name = '', options = '', help = ''] =
    /^(\w+) (\S+)((?: \w+=\S*)*?)(?: help=(.*))?$/.exec(line) ?? [];
  const given = Object.fromEntries(
    options
      .trim()
      .split(' ')
      .map((option) => option.split('=', 2) as [string, string]),
  );
  return family(store, {
    name,
    type: type as MetricType,
    help: JSON.parse(`"${help}"`),
    bounds: numbers(given['bounds']),
    quantiles: numbers(given['quantiles']),
    ...(given['unit'] === undefined ? {} : { unit: given['unit'] }),
  });
}

/** `  {a="1"} add 3 add 4`: a series of the family above and what is done to it. */
function act(of: Family, line: string): void {
  const [, labels = '', actions = ''] = /^ +\{(.*)\} ?(.*)$/.exec(line) ?? [];
  const pairs = [...labels.matchAll(/(\w+)=("(?:[^"\\]|\\.)*")/g)].map(([, name, value]) => [
    name,
    JSON.parse(value ?? ''),
  ]);
  const one = series(of, Object.fromEntries(pairs));
  for (const [, verb, args = ''] of actions.matchAll(/([a-z]+)((?: [^ a-z]\S*| NaN| Infinity)*)/g)) {
    perform(one, verb ?? '', args.trim().split(' ').map(Number));
  }
}

function perform(one: Series, verb: string, [a = 0, b = 1]: number[]): void {
  if (verb === 'add') one.add(a);
  else if (verb === 'set') one.set(a);
  else if (verb === 'observe') one.observe(a, b);
  else if (verb === 'quantile') one.setQuantile(a, b);
  else throw new Error(`unknown verb ${verb}`);
}

function build(declarations: string): MetricStore {
  const store = emptyStore();
  const [ours = '', ...foreign] = declarations.split(/^foreign (?=\S+\n)/m);
  let current: Family | undefined;
  for (const line of ours.split('\n').filter(Boolean)) {
    if (!line.startsWith(' ')) current = declare(store, line);
    else if (current !== undefined) act(current, line);
  }
  for (const page of foreign) {
    const source = page.slice(0, page.indexOf('\n'));
    const { families, badLines } = parsePage(page.slice(source.length + 1).replace(/^ {2}/gm, ''), 'text', pageLimits);
    expect(badLines).toEqual([]);
    store.foreign(source, families);
  }
  return store;
}

describe.each(readdirSync(directory))('%s', (file) => {
  const golden = read(file);
  test(golden.title, () => {
    const store = build(golden.declarations);
    expect(text(store)).toBe(golden.text);
    expect(openMetrics(store)).toBe(golden.openMetrics);
    expect(violations(golden.text, 'text')).toEqual([]);
    expect(violations(golden.openMetrics, 'openmetrics')).toEqual([]);
  });
});
