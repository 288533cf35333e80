import { describe, expect, test } from 'vitest';
import type { MetricType } from '../../../src/exposition/metric/family.ts';
import {
  claimedNames,
  isLabelName,
  isMetricName,
  openMetricsHead,
  sampleNames,
} from '../../../src/exposition/metric/metric-names.ts';

describe('isMetricName, isLabelName', () => {
  test.each([
    ['a', true, true],
    ['_a9', true, true],
    ['job:rate:sum', true, false],
    ['9a', false, false],
    ['a.b', false, false],
    ['é', false, false],
    ['', false, false],
    ['a\n', false, false],
  ])('%j', (name, metric, label) => {
    expect(isMetricName(name)).toBe(metric);
    expect(isLabelName(name)).toBe(label);
  });
});

describe('names of a family', () => {
  test('are its samples and its header', () => {
    expect(sampleNames('x', 'histogram')).toEqual(['x', 'x_bucket', 'x_sum', 'x_count']);
    expect(sampleNames('x', 'summary')).toEqual(['x', 'x_sum', 'x_count']);
    expect(sampleNames('x_total', 'counter')).toEqual(['x_total']);
    expect(claimedNames('x', 'summary')).toEqual(['x', 'x_sum', 'x_count', 'x_created']);
  });
});

describe('openMetricsHead', () => {
  const free = () => false;
  test.each<[string, MetricType, object]>([
    ['x_total', 'counter', { name: 'x', type: 'counter', created: 'x_created' }],
    ['orders', 'counter', { name: 'orders', type: 'unknown' }],
    ['_total', 'counter', { name: '_total', type: 'unknown' }],
    ['build_info', 'info', { name: 'build', type: 'info' }],
    ['build', 'info', { name: 'build', type: 'gauge' }],
    ['x', 'histogram', { name: 'x', type: 'histogram', created: 'x_created' }],
    ['x', 'gauge', { name: 'x', type: 'gauge' }],
  ])('of %s, a %s', (name, type, head) => {
    expect(openMetricsHead(name, type, free)).toEqual(head);
  });

  test('keeps the name and gives up the type where another family has the names it needs', () => {
    const unknown = { name: 'x_total', type: 'unknown' };
    expect(openMetricsHead('x_total', 'counter', (name) => name === 'x')).toEqual(unknown);
    expect(openMetricsHead('x_total', 'counter', (name) => name === 'x_created')).toEqual(unknown);
    expect(openMetricsHead('x_info', 'info', (name) => name === 'x')).toEqual({ name: 'x_info', type: 'gauge' });
  });
});
