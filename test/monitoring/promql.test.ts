import { expect, test } from 'vitest';
import { metricNames } from './promql.ts';

test.each([
  ['up', ['up']],
  ['sum by (job, le) (rate(http_total{code=~"5.."}[5m])) / sum(http_total)', ['http_total']],
  ['a + on (pod) group_left (version) b', ['a', 'b']],
  ['sum(a) by (pod) unless b offset 15m', ['a', 'b']],
  ['histogram_quantile(0.99, sum by (le) (rate(x_bucket[$__rate_interval])))', ['x_bucket']],
  ['topk(10, max by (namespace, pod) (a{namespace=~"$namespace", pod=~"$pod"} / b))', ['a', 'b']],
  ['label_values(c{x="y(z)"}, pod)', ['c', 'pod']],
  ['time() - min(a) < 7 * 86400', ['a']],
  ['a{l="not_me{}"} == bool 1e3 or vector(0)', ['a']],
  ['absent(a == 1)', ['a']],
  ['job:a:rate5m > 0.5', ['job:a:rate5m']],
])('%s', (expression, names) => {
  expect([...metricNames(expression)]).toEqual(names);
});
