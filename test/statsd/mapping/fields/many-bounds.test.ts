import { expect, test } from 'vitest';
import { readMapping } from '../../../../src/statsd/mapping/rules/read-mapping.ts';

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

test('a rule of more than 128 KiB is refused before it is read; so is what stands before the rules', () => {
  const many = `[${Array.from({ length: 100_000 }, (_, i) => i).join()}]`;
  const rule = (buckets: string) => `- match: a\n  name: b\n  observer_type: histogram\n  buckets: ${buckets}\n`;
  const of = (text: string) => readMapping(text, { strict: false, compatGlob: false }).findings;
  const [found] = of(`mappings:\n${rule('[1]').repeat(1000)}${rule(many)}`);
  expect(found).toMatchObject({ code: 'too_large' });
  expect(found!.line).toBeGreaterThan(3900);
  expect(of(`defaults:\n  buckets: ${many}\nmappings:\n${rule('[1]')}`)).toMatchObject([
    { code: 'too_large', line: 1 },
  ]);
});
