import { expect, test } from 'vitest';
import { planScrape } from '../../../src/inject/plan/scrape-plan.ts';
import { readScrapeAnnotations } from '../../../src/inject/pod/scrape-annotations.ts';

const io = 'prometheus.io/';
const ours = { [`${io}scrape`]: 'true', [`${io}port`]: '9102', [`${io}path`]: '/metrics' };
const reached = { 'metrics-sidecar.io/scraped-by': 'prometheus-annotations' };
const plan = (
  annotations: Record<string, string>,
  merge = false,
  declared: number[] = [],
  discovery: 'annotations' | 'none' = 'annotations',
) => planScrape(readScrapeAnnotations(new Map(Object.entries(annotations))), 9102, merge, declared, discovery);

// annotations, merge, declared ports -> decision, written, codes
test.each([
  ['none', {}, false, [], 'ours', { ...ours, ...reached }, []],
  ['none, nothing to merge', {}, true, [], 'ours', { ...ours, ...reached }, ['merge_impossible']],
  ['scrape false', { [`${io}scrape`]: 'false' }, false, [], 'theirs', {}, ['slot_opted_out']],
  [
    'scrape false, merge',
    { [`${io}scrape`]: 'false', [`${io}port`]: '80' },
    true,
    [],
    'theirs',
    {},
    ['slot_opted_out'],
  ],
  ['port only', { 'prometheus.io.port': '80' }, false, [], 'theirs', {}, ['slot_taken']],
  ['scrape and port', { [`${io}scrape`]: 'true', [`${io}port`]: '80' }, false, [], 'theirs', {}, ['slot_taken']],
  [
    'slow scrape and port',
    { [`${io}scrape-slow`]: 'true', [`${io}port`]: '80' },
    false,
    [],
    'theirs',
    {},
    ['slot_taken'],
  ],
  [
    'another spelling',
    { 'prometheus-io/scrape': 'true', prometheus_io_port: '80' },
    false,
    [],
    'theirs',
    {},
    ['slot_taken'],
  ],
  ['no port', { [`${io}scrape`]: 'true' }, false, [], 'theirs', reached, ['slot_without_port']],
  [
    'no port, another path',
    { [`${io}scrape`]: 'true', [`${io}path`]: '/stats' },
    false,
    [],
    'theirs',
    {},
    ['slot_without_port'],
  ],
  [
    'no port, TLS',
    { [`${io}scrape`]: 'true', [`${io}scheme`]: 'https' },
    false,
    [],
    'theirs',
    {},
    ['slot_without_port'],
  ],
  [
    'a port that is none',
    { [`${io}scrape`]: 'true', [`${io}port`]: 'http' },
    false,
    [],
    'theirs',
    reached,
    ['slot_without_port'],
  ],
  ['our port', { [`${io}scrape`]: 'true', [`${io}port`]: '09102' }, false, [], 'ours', reached, []],
  [
    'our port, another path',
    { [`${io}scrape`]: 'true', [`${io}port`]: '9102', [`${io}path`]: '/x' },
    false,
    [],
    'ours',
    {},
    [],
  ],
  ['a mesh', { [`${io}scrape`]: 'true', [`${io}port`]: '15020' }, true, [], 'theirs', {}, ['slot_mesh']],
  [
    'merge',
    { [`${io}scrape`]: 'true', [`${io}port`]: '80' },
    true,
    [],
    'merged',
    { [`${io}port`]: '9102', ...reached },
    ['slot_merged'],
  ],
  [
    'merge, everything set',
    { [`${io}scrape`]: 'true', [`${io}port`]: '80', [`${io}path`]: '/s', [`${io}scheme`]: 'https' },
    true,
    [],
    'merged',
    { [`${io}port`]: '9102', [`${io}path`]: '/metrics', [`${io}scheme`]: 'http', ...reached },
    ['slot_merged'],
  ],
  [
    'merge, one declared port',
    { [`${io}scrape`]: 'true' },
    true,
    [80, 80],
    'merged',
    { [`${io}port`]: '9102', ...reached },
    ['slot_merged'],
  ],
  ['merge, two declared ports', { [`${io}scrape`]: 'true' }, true, [80, 81], 'theirs', {}, ['merge_impossible']],
  [
    'merge, a path that makes no URL',
    { [`${io}scrape`]: 'true', [`${io}port`]: '80', [`${io}path`]: '/a b' },
    true,
    [],
    'theirs',
    {},
    ['merge_impossible'],
  ],
] as const)('%s', (_, annotations, merge, declared, decision, set, found) => {
  const result = plan(annotations, merge, [...declared]);
  expect(result.decision).toBe(decision);
  expect(Object.fromEntries(result.set)).toEqual(set);
  expect(result.reasons.map(({ code }) => code)).toEqual(found);
});

test('every spelling of a merged annotation is replaced, and what stood there is kept', () => {
  const result = plan({ 'prometheus-io/scrape': 'true', 'prometheus.io.port': '80', 'prometheus.io/port': '81' }, true);
  expect(Object.fromEntries(result.set)).toMatchObject({ 'prometheus.io.port': '9102', 'prometheus.io/port': '9102' });
  expect(Object.fromEntries(result.was)).toEqual({ 'prometheus.io.port': '80', 'prometheus.io/port': '81' });
  expect(result.mergeUrl).toBe('http://127.0.0.1:80/metrics');
});

test('the page to merge is the one that Prometheus would have asked for', () => {
  const annotations = {
    [`${io}scrape`]: 'true',
    [`${io}port`]: '80',
    [`${io}path`]: 'stats',
    [`${io}scheme`]: 'https',
    [`${io}param_a`]: '1&2',
    'prometheus.io.param_b': 'c',
  };
  expect(plan(annotations, true).mergeUrl).toBe('https://127.0.0.1:80/stats?a=1%262&b=c');
});

test('discovery by other means leaves the annotations, and merges all the same', () => {
  expect(plan({}, false, [], 'none')).toMatchObject({ decision: 'off', set: new Map() });
  const merged = plan({ [`${io}scrape`]: 'true', [`${io}port`]: '80' }, true, [], 'none');
  expect(merged).toMatchObject({ decision: 'off', set: new Map(), mergeUrl: 'http://127.0.0.1:80/metrics' });
});
