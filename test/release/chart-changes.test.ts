import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { pointsOf, withChanges } from '../../scripts/chart-changes.ts';
import { section } from '../../scripts/version-places.ts';
import { version } from '../../src/runtime/version.ts';

const read = (file: string) => readFileSync(join(import.meta.dirname, '../..', file), 'utf8');
const chart = read('charts/metrics-sidecar/Chart.yaml');
const link = 'https://example.com/CHANGELOG.md';

interface Chart {
  readonly annotations: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

const annotations = (text: string) => (load(text) as Chart).annotations;
const changes = (text: string) => load(annotations(text)['artifacthub.io/changes']!) as string[];

test('a point is one line, without emphasis', () => {
  expect(pointsOf('- **One**: `a` of\n  two lines.\n- "Two": yes.\n- \n')).toEqual([
    'One: `a` of two lines.',
    '"Two": yes.',
  ]);
  expect(pointsOf('')).toEqual([]);
});

test('the changes of this version are those of its section, and nothing else of Chart.yaml changes', () => {
  const points = pointsOf(section(read('CHANGELOG.md'), version)!.text);
  expect(points.length).toBeGreaterThan(10);
  const next = withChanges(chart, points, link);
  expect(changes(next).slice(0, 50)).toEqual(points.slice(0, 50));
  expect(changes(next)[50]).toBe(points.length > 50 ? `${points.length - 50} more: ${link}` : undefined);
  const { 'artifacthub.io/changes': _, ...others } = annotations(next);
  expect({ ...(load(next) as Chart), annotations: others }).toEqual(load(chart));
});

test('a second call replaces the first; without points there is none', () => {
  const once = withChanges(chart, ['a: b', "c's #d", '- e'], link);
  expect(changes(once)).toEqual(['a: b', "c's #d", '- e']);
  expect(withChanges(once, ['a: b', "c's #d", '- e'], link)).toBe(once);
  expect(withChanges(once, [], link)).toBe(chart);
});

test('the chart has an icon that the repository holds', () => {
  const { icon } = load(chart) as { icon: string };
  const file = /^https:\/\/raw\.githubusercontent\.com\/metrics-sidecar\/metrics-sidecar\/main\/(.+\.svg)$/.exec(
    icon,
  )![1]!;
  expect(read(file)).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
});
