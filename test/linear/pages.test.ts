import { describe, expect, test } from 'vitest';
import { formatOf } from '../../src/exposition/foreign/parse-page.ts';
import type { Format } from '../../src/exposition/metric/family.ts';
import type { PageLimits } from '../../src/exposition/metric/parsed-page.ts';
import { createStore } from '../../src/exposition/store.ts';
import { acceptsGzip, negotiateFormat } from '../../src/scrape/negotiate.ts';
import { pageType } from '../../src/scrape/page-type.ts';
import { scrapeDeadline } from '../../src/scrape/scrape-deadline.ts';
import { mappingsPage } from '../../src/statsd/pages/debug-mappings.ts';
import { readExplainRequest } from '../../src/statsd/playground/explain-request.ts';
import { playgroundPage } from '../../src/statsd/playground/playground-page.ts';
import { parsePage } from '../exposition/parsed-page.ts';
import { steepness } from './growth.ts';
import { many } from './many.ts';
import { attackShapes, type Shape } from './shapes.ts';

const request = (text: string, headers = {}) => ({
  method: 'GET',
  headers: { accept: text, ...headers },
  query: new URLSearchParams(`line=${text}`),
  body: Buffer.from(text),
});
const ask = (text: string, type: string) =>
  readExplainRequest({ ...request('', { 'content-type': type }), method: 'POST', body: Buffer.from(text) });
const noUse = { since: 0, rules: [], unmapped: [], rejects: [] };

const limits: PageLimits = {
  bytes: 2 ** 20,
  lineCharacters: 65_536,
  samples: 50_000,
  families: 5000,
  labelsPerSeries: 30,
  labelValueBytes: 65_536,
};

/** The page of an application as it is read, put beside ours and written again. */
async function merged(page: string, format: Format): Promise<void> {
  const store = createStore({ limits: { ...limits, series: 50_000, seriesPerFamily: 50_000 }, now: () => 0 });
  store.foreign('app', parsePage(page, format, limits).families);
  for (const written of ['text', 'openmetrics', 'protobuf'] as const) {
    await store.load(written);
    store.render(written);
  }
}

const page = async (text: string) => {
  await merged(text, 'text');
  await merged(text, 'openmetrics');
};

/** What a scraper, a browser or an application may send to a sidecar's pages. */
const parts: Readonly<Record<string, (text: string) => unknown>> = {
  Accept: negotiateFormat,
  'the parameters of Accept': (text) => negotiateFormat(`text/plain;${text}`),
  'Accept-Encoding': acceptsGzip,
  'X-Prometheus-Scrape-Timeout-Seconds': (text) => scrapeDeadline(text, 0),
  'Accept of a page': (text) => pageType(request(text)),
  'Content-Type of a page': formatOf,
  'a question in an address': (text) => readExplainRequest(request(text)),
  'a question in a form': (text) => ask(`lines=${text}`, 'application/x-www-form-urlencoded'),
  'a question in JSON': (text) => ask(text, 'application/json'),
  'a line in JSON': (text) => ask(JSON.stringify({ lines: text }), 'application/json'),
  'Content-Type of a question': (text) => ask('', text),
  'the playground': (text) =>
    playgroundPage({ lines: text, mapping: text, about: text, result: undefined, problem: text } as never),
  'the use of a mapping': (text) =>
    mappingsPage(
      request(''),
      {
        ...noUse,
        unmapped: [{ name: text, count: 1, atMost: 1 }],
        rejects: [{ reason: 'malformed_line', count: 1, sample: text }],
      } as never,
      text,
    ),
  'a merged page': page,
  'a name of a merged page': (text) => page(`${text} 1\n`),
  'a value of a merged page': (text) => page(`a ${text}\n`),
  'labels of a merged page': (text) => page(`a{${text}} 1\n`),
  'a label value of a merged page': (text) => page(`a{b="${text}"} 1\n`),
  'le of a merged page': (text) => page(`# TYPE a histogram\na_bucket{le="${text}"} 1\na_sum 1\na_count 1\n`),
  'an exemplar of a merged page': (text) => page(`a 1 # {${text}} 1\n`),
  'a help text of a merged page': (text) => page(`# HELP a ${text}\n# TYPE a ${text}\n# UNIT a ${text}\na 1\n`),
};

describe.each(Object.entries(parts))('%s', (_, run) => {
  test.each(attackShapes)('$name', async ({ make }) => {
    expect(await steepness(run, make)).toBeUndefined();
  });
});

const manyLines: readonly Shape[] = [
  many('families', (i) => `f${i} 1\n`),
  many('families with a type', (i) => `# TYPE f${i} gauge\n# HELP f${i} h\nf${i} 1\n`),
  many('families without samples', (i) => `# TYPE f${i} gauge\n`),
  many('series', (i) => `a{l="${i}"} 1\n`),
  many('series of one family that are parted by others', (i) => `a{l="${i}"} 1\nb${i} 1\n`),
  many('one series again and again', () => 'a 1\n'),
  many('labels', (i) => `a{l${i}="1"} 1\n`),
  many('labels of one series', (i) => `l${i}="1",`, 'a{', '} 1\n'),
  many('one label of one series', () => `l="1",`, 'a{', '} 1\n'),
  many('buckets', (i) => `h_bucket{le="${i}"} 1\n`, '# TYPE h histogram\n', 'h_sum 1\nh_count 1\n'),
  many(
    'buckets in the other order',
    (i) => `h_bucket{le="${1e6 - i}"} 1\n`,
    '# TYPE h histogram\n',
    'h_sum 1\nh_count 1\n',
  ),
  many(
    'histograms',
    (i) => `h_bucket{i="${i}",le="+Inf"} 1\nh_sum{i="${i}"} 1\nh_count{i="${i}"} 1\n`,
    '# TYPE h histogram\n',
  ),
  many('quantiles', (i) => `h{quantile="0.${i + 1}"} 1\n`, '# TYPE h summary\n', 'h_sum 1\nh_count 1\n'),
  many('counters with times of creation', (i) => `a_total{i="${i}"} 1\na_created{i="${i}"} 1\n`, '# TYPE a counter\n'),
  many('families that claim names of others', (i) => `# TYPE f${i} histogram\nf${i}_bucket 1\nf${i}_sum 1\n`),
  many('help texts of one family', (i) => `# HELP a ${i}\n`),
  many('bad lines', (i) => `${i} x\n`),
];

test.each(manyLines)('a merged page of many: $name', async ({ make }) => {
  expect(await steepness(page, make)).toBeUndefined();
});
