import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mappingUse, rejections } from '../../../src/statsd/counts/mapping-use.ts';
import { readMapping } from '../../../src/statsd/mapping/rules/read-mapping.ts';
import { datagrams } from '../datagram.ts';
import { type Direct, direct, summaries } from '../direct.ts';
import { handMapping } from '../hand-mapping.ts';

function mappingOf(text: string) {
  const read = readMapping(text, { strict: false, compatGlob: false });
  if (!read.ok) throw new Error(JSON.stringify(read.findings));
  return read.mapping;
}

const orders = mappingOf(`mappings:
- {match: "orders.*.time", name: "orders_seconds", labels: {queue: "$1"}}
- {match: "orders\\\\.debug\\\\..*", match_type: regex, action: drop, name: dropped}
- {match: never.*, name: "never_$1"}
`);

const hits = ({ pipeline }: Direct) => mappingUse(pipeline).rules.map((rule) => rule.hits);
const unmapped = ({ pipeline }: Direct) =>
  Object.fromEntries(mappingUse(pipeline).unmapped.map(({ name, count }) => [name, count]));

describe('rules', () => {
  test('each with its place in the file and how often it decided', () => {
    const of = direct();
    of.use(orders);
    for (let i = 0; i < 10; i++) of.take(`orders.q${i % 2}.time:1|ms\norders.debug.x:1|c`);
    expect(mappingUse(of.pipeline).rules).toEqual([
      { index: 0, line: 2, match: 'orders.*.time', matchType: 'glob', action: 'map', name: 'orders_seconds', hits: 10 },
      {
        index: 1,
        line: 3,
        match: 'orders\\.debug\\..*',
        matchType: 'regex',
        action: 'drop',
        name: 'dropped',
        hits: 10,
      },
      { index: 2, line: 4, match: 'never.*', matchType: 'glob', action: 'map', name: 'never_$1', hits: 0 },
    ]);
  });

  test.each([
    ['known lines', ['orders.a.time:1|ms', 'orders.a.time:2|ms', 'orders.a.time:3|ms'], 3],
    ['several values', ['orders.a.time:1:2:3|ms', 'orders.a.time:1:2:3|ms'], 6],
    ['several samples', ['orders.a.time:1|ms:2|h', 'orders.a.time:1|ms:2|h'], 4],
    ['refused after the rule decided', ['orders.a.time:1|c', 'orders.a.time:-1|c'], 2],
    ['a known line whose value is refused', ['orders.a.time:1|c', 'orders.a.time:1|c', 'orders.a.time:-1|c'], 3],
    ['a conflict', ['orders.a.time:1|c', 'orders.a.time:1|g', 'orders.a.time:1|g'], 3],
    ['not refused before', ['orders.a.time:x|ms', 'orders.a.time:1|zz'], 0],
  ])('hits: %s', (_, lines, expected) => {
    const of = direct();
    of.use(orders);
    for (const line of lines) of.take(line);
    expect(hits(of)).toEqual([expected, 0, 0]);
  });

  test('are not lost with lines that are forgotten', () => {
    const of = direct(summaries, {}, true, 16);
    of.use(orders);
    for (let i = 0; i < 500; i++) of.take(`orders.q${i % 100}.time:1|ms\nother.${i % 3}:1|c`);
    expect(of.pipeline.table.evicted).toBeGreaterThan(0);
    expect(hits(of)).toEqual([500, 0, 0]);
    expect(unmapped(of)).toEqual({ 'other.0': 167, 'other.1': 167, 'other.2': 166 });
  });

  test('are not lost with series that expire', () => {
    const of = direct();
    of.use(handMapping([{ match: 'a', ttl: 1000 }]));
    for (let i = 0; i < 5; i++) {
      of.take('a:1|c\na:1|c\na:1|c');
      of.pass(2000);
    }
    expect(hits(of)).toEqual([15]);
  });

  test('another mapping begins from 0, and says since when', () => {
    const of = direct();
    of.take('a:1|c\na:1|c');
    const before = mappingUse(of.pipeline);
    expect(before.rules).toEqual([]);
    expect(unmapped(of)).toEqual({ a: 2 });
    of.pass(5000);
    of.use(handMapping([{ match: 'a' }]));
    of.take('a:1|c');
    const after = mappingUse(of.pipeline);
    expect(after.since - before.since).toBe(5000);
    expect(after.rules.map((rule) => rule.hits)).toEqual([1]);
    expect(after.unmapped).toEqual([]);
  });
});

describe('names without a rule', () => {
  test('as they were sent, without tags, the most frequent first', () => {
    const of = direct();
    of.use(orders);
    for (let i = 0; i < 6; i++) of.take('x-y,env=prod:1|c');
    for (let i = 0; i < 4; i++) of.take('é.b:1|c|#a:b\né.b:1|g|#c:d');
    expect(mappingUse(of.pipeline).unmapped).toEqual([
      { name: 'é.b', count: 8, atMost: 8 },
      { name: 'x-y', count: 6, atMost: 6 },
    ]);
  });

  test('of any length', () => {
    const of = direct();
    const names = Array.from({ length: 40 }, (_, i) => 'abcdefghij'.repeat(4).slice(0, i + 1));
    for (let i = 0; i < 3; i++) for (const name of names) of.take(`${name}:1|c`);
    expect(unmapped(of)).toEqual(Object.fromEntries(names.map((name) => [name, 3])));
  });

  test('in a bounded memory', () => {
    const of = direct();
    for (let i = 0; i < 3000; i++) of.take(`n${i}:1|c\noften:1|c`);
    of.take(`${'x'.repeat(900)}:${Array.from({ length: 400 }, () => 1).join(':')}|ms`);
    const names = mappingUse(of.pipeline).unmapped;
    expect(names.length).toBeLessThanOrEqual(50);
    expect(names[0]).toEqual({ name: 'often', count: 3000, atMost: 3000 });
    expect(names[1]!.name).toHaveLength(201);
  });
});

test('three thousand names that came once each are told with what they had, and what they had at most', () => {
  const of = direct();
  for (let i = 0; i < 3000; i++) of.take(`user.${i}.login:1|c`);
  const names = mappingUse(of.pipeline).unmapped;
  expect(names).toHaveLength(50);
  for (const { count, atMost } of names) {
    expect(count).toBe(1);
    expect(atMost).toBeGreaterThanOrEqual(1);
  }
});

describe('refusals', () => {
  test('each reason with its number and a line', () => {
    const of = direct();
    of.take('bad\nworse\na:1|c\na:1|g\na:x|c\na:y|c\na:z|c');
    expect(mappingUse(of.pipeline).rejects).toEqual([
      { reason: 'malformed_value', count: 3, sample: 'a:x|c' },
      { reason: 'malformed_line', count: 2, sample: 'bad' },
      { reason: 'type_conflict', count: 1, sample: 'a:1|g' },
    ]);
  });

  test('one of the last seconds, cut where it is long, whatever bytes it has', () => {
    const of = direct();
    const sample = () => mappingUse(of.pipeline).rejects[0]!.sample;
    of.take('first');
    of.take('second');
    expect(sample()).toBe('first');
    of.pass(1000);
    of.take(Buffer.concat([Buffer.from('a\0'), Buffer.alloc(100_000, 'x')]));
    expect(sample()).toHaveLength(301);
    of.pass(1000);
    of.take(Buffer.from([0xff, 0xfe]));
    expect(sample()).toBe('\ufffd\ufffd');
  });

  test('a word of lines and samples is one', () => {
    const of = direct();
    of.use(handMapping([{ match: 'a', name: '' }]));
    of.take('#a=b:1|c\na:1|c');
    expect(rejections(of.pipeline.counters).get('empty_metric_name')).toBe(2);
  });
});

const mapping = fc.constantFrom(
  handMapping([
    { match: 'a', ttl: 1000 },
    { match: 'a*', labels: { x: 'y' } },
    { match: 'b', action: 'drop' },
  ]),
  handMapping([
    { match: '0', scale: -1 },
    { match: '*', kinds: ['observer'], ttl: 500, name: 'x' },
  ]),
  handMapping([]),
);
const step = fc.oneof(
  { weight: 5, arbitrary: datagrams.map((packets) => (of: Direct) => void packets.map(of.take)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 1500 }).map((time) => (of: Direct) => of.pass(time)) },
  { weight: 1, arbitrary: fc.constant((of: Direct) => void mappingUse(of.pipeline)) },
);

test('whatever comes, hits and names without a rule are what the counters say, known lines or not', () => {
  fc.assert(
    fc.property(mapping, fc.array(step, { maxLength: 8 }), fc.constantFrom(16, 1024), (one, steps, size) => {
      const [known, full] = [direct(summaries, {}, true, size), direct(summaries, {}, false, size)];
      for (const of of [known, full]) {
        of.use(one);
        for (const tell of [...steps, ...steps]) tell(of);
      }
      const use = mappingUse(known.pipeline);
      const { counters } = known.pipeline;
      const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
      expect(sum(use.rules.map((rule) => rule.hits))).toBeGreaterThanOrEqual(counters.mapped + counters.droppedSamples);
      expect(sum(use.unmapped.map(({ count }) => count))).toBe(counters.unmapped);
      const names = (of: Direct) => Object.entries(unmapped(of)).sort();
      expect(names(known)).toEqual(names(full));
      expect(hits(known)).toEqual(hits(full));
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 100) },
  );
});
