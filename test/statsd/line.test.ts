import { expect, test } from 'vitest';
import { parseLine } from '../../src/statsd/line.ts';

const parse = (line: string | Buffer) => parseLine(Buffer.from(line), { dogstatsdTags: true });

/** Samples in short: value and factor, or the reason. */
function short(line: string): readonly string[] | string {
  const parsed = parse(line);
  if (parsed.kind !== 'samples') return parsed.kind === 'empty' ? 'empty' : parsed.reason;
  return parsed.samples.map((sample) => {
    if (sample.refused !== undefined) return sample.refused;
    const { kind, factor, labels } = sample.suffix;
    return `${kind} ${sample.value}/${factor}${labels.map(([name, value]) => ` ${name}=${value}`).join('')}`;
  });
}

test.each([
  ['', 'empty'],
  ['a', 'malformed_line'],
  [':1|c', 'malformed_line'],
  ['a:1', 'not_enough_parts_after_colon'],
  ['a:1:2', 'not_enough_parts_after_colon'],
  ['a:1:2|c', 'invalid_extended_aggregate_type'],
  ['a:1|c', ['counter 1/1']],
  ['a:1|c|@0.1', ['counter 1/0.1']],
  ['a:1|ms|@0.1', ['observer 1/10']],
  ['a:1|c:2|g:3|ms', ['counter 1/1', 'gauge 2/1', 'observer 3/1']],
  ['a:1|c|c:x', ['counter 1/1 container_id=x']],
  ['a:1|c|c:x:2|g', ['invalid_sample_factor']],
  ['a:1|c|c:x|e:y|card:z:q', ['counter 1/1 container_id=x']],
  ['a:1|c|card:2|c', ['malformed_container_id']],
  ['a:1|c:2|c|c:x', ['counter 1/1', 'counter 2/1 container_id=x']],
  ['a:1|e:2|g', ['illegal_event', 'gauge 2/1']],
  ['a:1:2|d|#x:y', ['observer 1/1 x=y', 'observer 2/1 x=y']],
  ['a:1|c|#x:y:z', ['counter 1/1 x=y:z']],
  ['a:1|c|@0.1|#x:y|c:z|T1|e:f|card:low', ['counter 1/0.1 x=y container_id=z']],
  ['a:1|c|@0.1|#x:y|c:z|T1|e:f|card:low|@1', ['malformed_component']],
])('%j', (line, expected) => {
  expect(short(line)).toEqual(expected);
});

test('what is not UTF-8 is no line', () => {
  expect(parse(Buffer.from([0x61, 0xff, 0x3a, 0x31, 0x7c, 0x63]))).toEqual({
    kind: 'refused',
    reason: 'malformed_line',
  });
  expect(parse(Buffer.from([0x61, 0xed, 0xa0, 0x80, 0x3a, 0x31, 0x7c, 0x63]))).toMatchObject({
    reason: 'malformed_line',
  });
});

test.each([
  ['a:1|c', true],
  ['a:1|c|@0.1|#x:y', true],
  ['a:1:2|ms|#x:y', true],
  ['a:1|c:2|c', false],
  ['a:1|c|T1', false],
  ['a:1|c|@0.1|@0.1', false],
  ['a:0|c|@-1', false],
  ['a:1|c|#x', false],
  ['a:x|c', false],
  ['a:1:x|ms', false],
])('%j is to be remembered: %s', (line, repeatable) => {
  const parsed = parse(line);
  expect(parsed.kind === 'samples' && parsed.repeatable).toBe(repeatable);
});

test('a line of many values and many tags costs their sum', () => {
  const tags = Array.from({ length: 5000 }, (_, i) => `t${i}:v`).join(',');
  const parsed = parse(`a:${'1:'.repeat(15_000)}1|ms|#${tags}`);
  if (parsed.kind !== 'samples') throw new Error(parsed.kind);
  const suffixes = new Set(
    parsed.samples.map((sample) => (sample.refused === undefined ? sample.suffix.labels : undefined)),
  );
  expect(parsed.samples).toHaveLength(15_001);
  expect(suffixes.size).toBe(1);
});
