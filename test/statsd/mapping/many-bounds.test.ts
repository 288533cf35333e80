import { expect, test } from 'vitest';
import { readMapping } from '../../../src/statsd/mapping/read-mapping.ts';

const lists = {
  buckets: (count: number) => `observer_type: histogram, histogram_options: {buckets: [${[...Array(count).keys()]}]}`,
  quantiles: (count: number) => {
    const entries = Array.from({ length: count }, (_, i) => `{quantile: ${i / count}, error: 0.001}`);
    return `observer_type: summary, summary_options: {quantiles: [${entries}]}`;
  },
};

const read = (fields: string) =>
  readMapping(`mappings:\n- {match: a, name: b, ${fields}}\n`, { strict: true, compatGlob: false });

test.each(['buckets', 'quantiles'] as const)('a list of %s has a bound', (name) => {
  expect(read(lists[name](1000)).ok).toBe(true);
  const { ok, findings } = read(lists[name](1001));
  expect(ok).toBe(false);
  expect(findings.map(({ message }) => message)).toEqual([`${name} has 1001 entries: 1000 are the most`]);
});

test('what is over it is not looked at', () => {
  const wrong = read(`observer_type: summary, summary_options: {quantiles: [${Array(5000).fill('x')}]}`);
  expect(wrong.findings).toHaveLength(1);
});
