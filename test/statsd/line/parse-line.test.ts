import fc from 'fast-check';
import { expect, test } from 'vitest';
import { goFloat } from '../../../src/statsd/line/go-float.ts';
import { parseLine } from '../../../src/statsd/line/parse-line.ts';
import { datagrams } from '../datagram.ts';
import { described, lineCases } from './line-case.ts';
import { defaultOptions, optionsOf } from './line-options.ts';

const parse = (line: string | Buffer) => parseLine(Buffer.from(line), defaultOptions);

test.each(lineCases().map((one) => [one.file, one.title, one.text, one] as const))(
  '%s: %s: %s',
  (_file, _title, _text, { line, flags, expected }) => {
    expect(described(parseLine(line, optionsOf(flags)))).toEqual(expected);
  },
);

test.each([
  ['a:1|c', 'same'],
  ['a:1|c|@0.1|#x:y', 'same'],
  ['a:1:2|ms|#x:y', 'same'],
  ['a:1:2|c', 'same'],
  ['a,x=y:1|c', 'same'],
  ['a:1|c|c:x|e:y|card:z', 'same'],
  ['a:1|s', 'same'],
  ['a:1|c|T1', 'same'],
  ['a:1|c|#x', 'single'],
  ['a,x:1|c', 'single'],
  ['a:1|c|x:y', 'single'],
  ['a:x|c', 'single'],
  ['a:1|zz', 'single'],
  ['a:1:2|c|#x', 'other'],
  ['a,x:1:2|ms', 'other'],
  ['a:1|c:2|c', 'other'],
  ['a:1|c|T', 'other'],
  ['a:1|c|T1x', 'other'],
  ['a:1|c|T1|T2', 'other'],
  ['a:1|c|T1|c:x', 'other'],
  ['a:1:x|ms', 'other'],
])('%j says of a line like it: %s', (line, repeats) => {
  const parsed = parse(line);
  expect(parsed.kind === 'samples' && parsed.repeats).toBe(repeats);
});

test.each([
  ['a:1|c|@0.1', true],
  ['a:1|c|@0.1|@0.1', false],
  ['a:0|c|@-1', false],
])('%j has at most one factor, above 0: %s', (line, plain) => {
  const parsed = parse(line);
  expect(parsed.kind === 'samples' && parsed.samples[0]!.suffix!.plain).toBe(plain);
});

test('a line of many values and many tags costs their sum', () => {
  const tags = Array.from({ length: 5000 }, (_, i) => `t${i}`);
  const section = tags.map((tag) => `${tag}:v`).join(',');
  const inName = tags.map((tag) => `${tag}=v`).join(',');
  for (const line of [
    `a:${'1:'.repeat(15_000)}1|ms|#${section}`,
    `a,${inName}:${'1:'.repeat(15_000)}1|c`,
    `a,${inName}:${'1|c:'.repeat(15_000)}1|c`,
  ]) {
    const parsed = parse(line);
    if (parsed.kind !== 'samples') throw new Error(parsed.kind);
    const labels = new Set(
      parsed.samples.map((sample) => (sample.refused === undefined ? sample.suffix.labels : undefined)),
    );
    expect(parsed.samples).toHaveLength(15_001);
    expect(labels.size).toBe(1);
  }
});

test('whatever the bytes, a line is read without an exception and says one thing of each sample', () => {
  const all = optionsOf(['--statsd.valueless-tags']);
  fc.assert(
    fc.property(datagrams, (packets) => {
      for (const line of packets.flatMap((packet) => packet.toString('latin1').split('\n'))) {
        const parsed = parseLine(Buffer.from(line, 'latin1'), all);
        if (parsed.kind !== 'samples') continue;
        expect(parsed.name).not.toBe('');
        expect(parsed.samples.length).toBeGreaterThan(0);
        expect(parsed.tagged).toBeLessThanOrEqual(parsed.samples.length);
        for (const sample of parsed.samples) {
          if (sample.refused !== undefined) continue;
          expect(sample.suffix.labels.every(([name, value]) => /^[a-zA-Z_]\w*$/.test(name) && value !== '')).toBe(true);
          expect(new Set(sample.suffix.labels.map(([name]) => name)).size).toBe(sample.suffix.labels.length);
          if (sample.suffix.kind === 'observer') expect(sample.suffix.factor).toBeGreaterThanOrEqual(1);
        }
      }
    }),
  );
});

test('fields that are not known, wherever they stand, change nothing else', () => {
  const field = fc.constantFrom('f:wow', 'f2:a:b', 'x_Y:', 'm:test', 'zz:@0.1', 'ca:t');
  const known = fc.constantFrom('@0.5', '#a:b', 'c:id', 'T17', 'e:x', 'card:low');
  fc.assert(
    fc.property(
      fc.constantFrom('n:1|c', 'n:1:2|ms', 'n:1|g', 'n:a:b|s'),
      fc.uniqueArray(known, { maxLength: 3 }),
      fc.array(fc.tuple(fc.nat(3), field), { maxLength: 20 }),
      (head, sections, fields) => {
        const all: string[] = [...sections];
        for (const [at, text] of fields) all.splice(at, 0, text);
        const [without, mixed] = [sections, all].map((parts) => parse([head, ...parts].join('|')));
        expect(described(mixed!)).toEqual(described(without!));
        const ignored = mixed!.kind === 'samples' ? mixed!.sectionsIgnored / mixed!.samples.length : -1;
        expect(ignored).toBe(fields.length);
      },
    ),
  );
});

const word = fc.string({ unit: fc.constantFrom('a', 'B', '7', '.', '-', '/', 'é', ' '), minLength: 1, maxLength: 6 });
const tagList = fc.array(fc.tuple(word, word), { maxLength: 4 });
const styles = {
  influx: (name: string, tags: string) => `${name},${tags}:`,
  librato: (name: string, tags: string) => `${name}#${tags}:`,
  signalfx: (name: string, tags: string) => `${name.slice(0, 1)}[${tags}]${name.slice(1)}:`,
};

test('all tag styles say the same', () => {
  fc.assert(
    fc.property(word, tagList, fc.constantFrom('1|c', '1:2|ms|@0.5', '-3|g', '1|c:2|c'), (name, tags, rest) => {
      fc.pre(rest !== '1|c:2|c' || tags.length > 0);
      const list = (separator: string) => tags.map(([key, value]) => `${key}${separator}${value}`).join(',');
      const read = Object.values(styles).map((style) => described(parse(style(name, list('=')) + rest)));
      expect(new Set(read.map((rows) => rows.join('\n'))).size).toBe(1);
      if (rest.includes('c:2')) return;
      expect(described(parse(`${name}:${rest}|#${list(':')}`))).toEqual(read[0]);
    }),
  );
});

test('several values are the lines of each', () => {
  const value = fc.constantFrom('1', '-2.5', '+3', '1e3', '0x1p-2', '1_0');
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 5 }),
      fc.constantFrom('c', 'g', 'ms', 'h', 'd'),
      fc.constantFrom('', '|@0.1', '|#a:b', '|c:x|T1', '|@0.5|#a:b,c'),
      (values, type, sections) => {
        expect(values.every((text) => goFloat(text) !== undefined)).toBe(true);
        const one = parse(`n:${values.join(':')}|${type}${sections}`);
        const each = values.map((text) => parse(`n:${text}|${type}${sections}`));
        const rows = (parsed: typeof one) => described(parsed).filter((row) => !row.startsWith('tag errors'));
        expect(rows(one)).toEqual(each.flatMap(rows));
      },
    ),
  );
});
