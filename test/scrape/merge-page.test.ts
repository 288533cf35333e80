import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { MetricStore } from '../../src/exposition/metric/metric-store.ts';
import { createStore } from '../../src/exposition/store.ts';
import { createPageMerge, type PageMerge } from '../../src/scrape/merge-page.ts';
import { type Answer, type AppServer, nobody, page, startApp } from './app-server.ts';

const limits = { bytes: 10 * 2 ** 20, samples: 1000, families: 100, labelsPerSeries: 30, labelValueBytes: 2048 };
const storeLimits = { families: 100, series: 1000, seriesPerFamily: 1000, labelsPerSeries: 30, labelValueBytes: 2048 };
const openMetrics = { 'content-type': 'application/openmetrics-text; version=1.0.0; charset=utf-8' };

let app: AppServer;
let store: MetricStore;
let merge: PageMerge;
let logged: string[];

const ours = () => store.render('text').toString();
const collect = (milliseconds = 5000) => merge.collect(Date.now() + milliseconds);

function mergeOf(url: string): PageMerge {
  const note = (message: string, fields: object = {}) => {
    logged.push(`${message} ${JSON.stringify({ ...fields, url: undefined })}`);
  };
  const log = { debug: note, info: note, warn: note, error: note };
  return createPageMerge({ source: 'app', url, limits, store, ownPrefix: 'merge_', log, now: Date.now });
}

beforeEach(async () => {
  app = await startApp(page('# TYPE orders counter\norders{kind="a"} 3\n'));
  store = createStore({ limits: storeLimits, now: Date.now });
  logged = [];
  merge = mergeOf(app.url);
});
afterEach(async () => {
  merge.close();
  await app.close();
});

test('the page is on ours, and our own metrics tell of it', async () => {
  await collect();
  expect(ours()).toContain('# TYPE orders counter\norders{kind="a"} 3\n');
  expect(ours()).toMatch(/^merge_up 1$/m);
  expect(ours()).toMatch(/^merge_duration_seconds \d/m);
  expect(ours()).not.toContain('merge_errors_total{');
  expect(merge.state()).toEqual({ up: true, families: 1, samples: 1, badLines: 0 });
});

test('a page that fails leaves with all its families, and comes back', async () => {
  await collect();
  const good = app.answer;
  app.answer = (_, response) => response.writeHead(503).end();
  await collect();
  await collect();
  expect(ours()).not.toContain('orders');
  expect(ours()).toMatch(/^merge_up 0$/m);
  expect(ours()).toMatch(/^merge_errors_total\{reason="status"\} 2$/m);
  app.answer = good;
  await collect();
  expect(ours()).toContain('orders{kind="a"} 3\n');
  expect(ours()).toMatch(/^merge_up 1$/m);
  // A line when it comes or goes, none for each scrape.
  expect(logged).toEqual([
    'a page is merged {"source":"app","families":1,"samples":1}',
    'a page to merge is left out {"source":"app","reason":"status","detail":"answered 503"}',
    'a page is merged {"source":"app","families":1,"samples":1}',
  ]);
});

describe('a page that is none is left out', () => {
  test.each<[string, Answer, string]>([
    ['garbage', page('<!doctype html>\n<html><body>404 no such thing</body></html>\n'), 'format'],
    ['OpenMetrics that ends early', page('# TYPE a gauge\na 1\n', openMetrics), 'format'],
    ['11 MB', page(`# HELP a ${'x'.repeat(1000)}\n`.repeat(11_000)), 'too_large'],
    [
      'more samples than we hold',
      page(Array.from({ length: 1001 }, (_, i) => `a{i="${i}"} 1\n`).join('')),
      'too_large',
    ],
    ['a connection cut in the middle', page('a 1\n', { 'content-length': '99', connection: 'close' }), 'aborted'],
  ])('%s', async (_, answer, reason) => {
    await collect();
    app.answer = answer;
    await collect();
    expect(merge.state()).toMatchObject({ up: false, reason });
    expect(ours()).not.toMatch(/^(orders|a)\b/m);
    expect(ours()).toContain(`merge_errors_total{reason="${reason}"} 1\n`);
  });
});

describe('what is right on a page is served, the rest is left out and counted', () => {
  test.each<[string, Answer, string, number]>([
    ['# EOF in the middle of text 0.0.4 is a comment', page('a 1\n# EOF\nb 2\n'), 'a 1\nb 2', 0],
    ['# EOF in the middle of OpenMetrics ends it', page('a 1\n# EOF\nb 2\n', openMetrics), 'a 1', 1],
    ['a bad line', page('a 1\nb{ 2\nc 3\n'), 'a 1\nc 3', 1],
    ['a sample twice', page('a 1\na 2\n'), 'a 1', 1],
    ['an empty page', page(''), '', 0],
  ])('%s', async (_, answer, expected, badLines) => {
    app.answer = answer;
    await collect();
    const lines = ours().split('\n');
    expect(lines.filter((line) => /^[abc] /.test(line)).join('\n')).toBe(expected);
    expect(ours()).toContain(`merge_bad_lines_total ${badLines}\n`);
    expect(merge.state()).toMatchObject({ up: true, badLines });
  });
});

test('a sample that our page has already stays ours', async () => {
  const family = store.family({ name: 'orders', type: 'counter', help: 'Ours.', owner: 'statsd' });
  if (!family.ok) throw new Error(family.detail);
  const series = family.value.series([['kind', 'a']]);
  if (!series.ok) throw new Error(series.detail);
  series.value.add(1);
  await collect();
  expect(ours().match(/^orders.*$/gm)).toEqual(['orders{kind="a"} 1']);
});

test('an application that stalls does not keep the page beyond its deadline', async () => {
  const asked = new Promise<void>((resolve) => {
    app.answer = (_, response) => response.writeHead(200).write('a 1\n', () => resolve());
  });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const collected = collect(300);
  await asked;
  vi.advanceTimersByTime(274);
  expect(merge.state()).toEqual({ up: undefined });
  // Time is left to put what came onto the page.
  vi.advanceTimersByTime(1);
  await collected;
  expect(merge.state()).toMatchObject({ up: false, reason: 'timeout' });
});

test('a deadline that is over already is a timeout', async () => {
  await collect(-1000);
  expect(merge.state()).toMatchObject({ up: false, reason: 'timeout' });
  expect(app.requests).toEqual([]);
});

test('nobody listens', async () => {
  merge.close();
  merge = mergeOf(await nobody());
  await collect();
  expect(merge.state()).toMatchObject({ up: false, reason: 'connect' });
  expect(ours()).toMatch(/^merge_up 0$/m);
});

test('collects of the same moment are one request', async () => {
  await Promise.all([collect(), collect(), collect()]);
  expect(app.requests.length).toBe(1);
});

test('close() takes the page away, also from under a collect', async () => {
  await collect();
  const running = new Promise<void>((resolve) => {
    app.answer = () => resolve();
  });
  const collected = collect();
  await running;
  merge.close();
  await collected;
  await collect();
  expect(ours()).not.toContain('orders');
  expect(app.requests.length).toBe(2);
});
