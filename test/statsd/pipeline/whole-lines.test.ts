import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mappingUse } from '../../../src/statsd/counts/mapping-use.ts';
import { type LinePipeline, processLine } from '../../../src/statsd/pipeline/line-pipeline.ts';
import { PackedLines } from '../../../src/statsd/pipeline/packed-lines.ts';
import { scan } from '../../../src/statsd/pipeline/scan.ts';
import { direct, unaccounted } from '../direct.ts';
import { optionsOf } from '../line/line-options.ts';

const parts = [
  '_e{',
  '_sc|',
  '1',
  '5',
  '12',
  '000000001',
  ',',
  '}:',
  '|',
  ':',
  'title',
  'é',
  '\\n',
  't:error',
  '#a:b',
  '#',
  ',a',
  'a:',
  'h:x',
];
const more = ['m:', '0', '3', '4', 'c', '\r', '[', ']', 'a', '_', '\xff', '##a:b', 'x'];
const line = fc.oneof(
  fc.array(fc.constantFrom(...parts, ...more), { maxLength: 12 }).map((all) => all.join('')),
  fc
    .tuple(
      fc.constantFrom('ab', 'é', 'a|b'),
      fc.constantFrom('text', 'é|é', ''),
      fc.constantFrom('', '|t:info', '|#a', 'x', '\r'),
    )
    .map(([title, text, rest]) => `_e{${Buffer.byteLength(title)},${Buffer.byteLength(text)}}:${title}|${text}${rest}`),
  fc
    .tuple(
      fc.constantFrom('db', 'é', ''),
      fc.constantFrom('0', '3', '4', '00', ''),
      fc.array(fc.constantFrom('#a:b,c', '#', '#,', '##a,:b', '#é:x,#é', 'h:web', 'm:#a|#b', 'd:1', ''), {
        maxLength: 3,
      }),
    )
    .map(([name, status, sections]) => ['_sc', name, status, ...sections].join('|')),
);

/** The answers of a pipeline that shows no messages, by line. */
function counted(lines: readonly string[], flags: string, take: (pipeline: LinePipeline, bytes: Buffer) => void) {
  // For a split line the example is the refused part.
  const packed = Object.assign(new PackedLines(), { apart: () => 0 });
  const pipeline = { ...direct().pipeline, packed, expose: undefined, options: optionsOf(flags === '' ? [] : [flags]) };
  for (const one of lines) take(pipeline, Buffer.from(`${one}\n`, one.includes('\xff') ? 'latin1' : 'utf8'));
  const { linesEmpty, linesAccepted, lineErrors, messages, tagErrors, samples } = pipeline.counters;
  const { rejects } = mappingUse(pipeline);
  return { linesEmpty, linesAccepted, lineErrors, messages, tagErrors, samples, rejects, pipeline };
}

test('messages and broken lines are counted as if they were read in full', () => {
  const flags = fc.constantFrom('', '--statsd.valueless-tags', '--no-statsd.parse-dogstatsd-tags');
  fc.assert(
    fc.property(fc.array(line, { maxLength: 10 }), flags, (lines, flag) => {
      const quick = counted(lines, flag, (pipeline, bytes) => scan(pipeline, bytes, 0, bytes.length, 1000));
      const full = counted(lines, flag, (pipeline, bytes) => {
        pipeline.counters.lines++;
        processLine(pipeline, bytes, 0, bytes.length - 1);
      });
      expect({ ...quick, pipeline: 0 }).toEqual({ ...full, pipeline: 0 });
      expect(unaccounted(quick.pipeline)).toEqual([0, 0]);
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 500) },
  );
});
