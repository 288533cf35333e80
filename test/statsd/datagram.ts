import fc from 'fast-check';
import { oddSections, oddValues } from './odd-parts.ts';

const names = [
  'a',
  'b',
  'a.count',
  'a.sum',
  'a_total',
  'b',
  'é-ü',
  '0',
  '',
  '..x',
  'statsd.exporter.lines.total',
  'x y',
  ...['a,x=y', 'b,x=y,z', 'a#x=y', 'b[x=y]', 'a[x=y', 'a]x[y', '#x=y', 'b,__n=x', 'a,le=1'],
];
const values = [...oddValues, '+1:-2', '1:x', 'u:v'];
const types = ['c', 'g', 'ms', 'h', 'd', 's', 'C', ''];
const sections = [...oddSections, 'T1700000000', 'T', '#v', '#a:"\\\n'];
const marks = [':', '|', '\n', '\r', ',', '#', '@', '[', ']', '\0', '\xff', '\\', '"', '1', 'c'];

const sample = fc
  .tuple(
    fc.constantFrom(...values),
    fc.constantFrom(...types),
    fc.array(fc.constantFrom(...sections), { maxLength: 3 }),
  )
  .map(([value, type, rest]) => [value, type, ...rest].join('|'));
const line = fc
  .tuple(fc.constantFrom(...names), fc.array(sample, { minLength: 1, maxLength: 2 }))
  .map(([name, samples]) => `${name}:${samples.join(':')}`);
const message = fc
  .tuple(
    fc.constantFrom('_e{1,1}:a|b', '_e{1,2}:a|b', '_e{0,1}:|b', '_sc|a b|0', '_sc|b|3', '_sc|b|4', '_sc||0'),
    fc.array(fc.constantFrom('t:error', 't:x', 'h:web', 'm:a', ...sections), { maxLength: 3 }),
  )
  .map(([head, rest]) => [head, ...rest].join('|'));

/** Mostly well-formed lines of few names, so that types, labels and limits meet. */
const structured = fc
  .array(fc.oneof({ weight: 8, arbitrary: line }, message), { maxLength: 6 })
  .map((lines) => Buffer.from(lines.join('\n'), 'utf8'));

/** The same lines with bytes inserted, removed or changed. */
const mutated = fc
  .tuple(
    structured,
    fc.array(fc.tuple(fc.nat(200), fc.constantFrom(...marks), fc.nat(2)), { minLength: 1, maxLength: 4 }),
  )
  .map(([bytes, changes]) =>
    changes.reduce((text, [at, mark, removed]) => {
      const place = at % (text.length + 1);
      return Buffer.concat([text.subarray(0, place), Buffer.from(mark, 'latin1'), text.subarray(place + removed)]);
    }, bytes as Buffer),
  );

const soup = fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes));
const marksOnly = fc
  .array(fc.constantFrom(...marks), { maxLength: 40 })
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));

/** Invalid and valid datagrams. */
export const datagrams = fc.array(
  fc.oneof({ weight: 4, arbitrary: structured }, { weight: 4, arbitrary: mutated }, soup, marksOnly),
  { maxLength: 20 },
);
