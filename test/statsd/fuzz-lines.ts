import type { Random } from './fuzz-random.ts';
import { oddSections, oddValues } from './odd-parts.ts';

/** Bytes of UTF-8 as characters: chunks are joined as text and written byte by byte. */
const bytes = (text: string) => Buffer.from(text).toString('latin1');

const names = [
  ...['a', 'b', 'a.b', 'a.b.c', 'a.count', 'a.sum', 'a.bucket', 'b.total', 'x-y', 'x--y', '0day', '..x', '', 'p.q.r.s'],
  ...[
    'statsd.exporter.lines.total',
    'statsd_exporter_samples_total',
    'go_threads',
    bytes('é.ü'),
    bytes('a😱b'),
    'x y',
    '*',
  ],
  ...['_e{1,1}', '_sc', 'a]b[', 'a[b', 'service.eu.requests', 'service.us.time', 'x'.repeat(300), 'x'.repeat(1100)],
];
const nameTags = [
  ',k=v',
  ',k=v,l=w',
  '#k=v',
  '#k=v,l',
  '[k=v]',
  '[k=v',
  ']k=v[',
  ',',
  '#',
  ',=',
  ',k=',
  ',__n=x',
  ',le=1',
  ',quantile=2',
];
const values = [...oddValues, '1:', ':', '4.9e-324', ' 1', '0x10', '9'.repeat(320), '1:x:3', '+0', '-0'];
const types = ['c', 'c', 'g', 'g', 'ms', 'ms', 'h', 'd', 's', 'C', '', 'm', 'ms '];
const sections = [
  ...oddSections,
  '@inf',
  '@x',
  '@1e400',
  '#a:"\\',
  '#a:\t',
  '##a:1,#b:2',
  'Tx',
  `#a:${'v'.repeat(3000)}`,
  `#${'k:v,'.repeat(200)}`,
  `#${bytes('é:ü')}`,
  't:info',
  'd:1',
];
const messages = [
  '_e{1,1}:a|b',
  '_e{5,4}:title|text|t:error',
  '_sc|name|0',
  '_sc|name|2|#a:b',
  '_sc|n|9',
  '_e{9,9}:a|b',
  '_sc|',
];
const marks = [
  ':',
  '|',
  '\n',
  '\r',
  ',',
  '#',
  '@',
  '[',
  ']',
  '=',
  '\0',
  '\xff',
  '\xc3',
  '\\',
  '"',
  '1',
  'c',
  '.',
  '-',
  '{',
  '}',
  '_',
];

/** Mostly well-formed lines of few names, so that types, labels, rules and limits meet; some with changed bytes. */
export function fuzzedLine(random: Random): string {
  if (random.chance(40)) return changed(random.of(messages), random);
  const plain = random.chance(3);
  let line = plain ? `n${random.below(60)}` : random.of(names);
  if (random.chance(5)) line += `.${random.of(names)}`;
  if (random.chance(5)) line += random.of(nameTags);
  for (let samples = random.chance(6) ? 2 + random.below(2) : 1; samples > 0; samples--) {
    line += `:${plain ? random.below(1000) : random.of(values)}|${random.of(types)}`;
    for (let more = random.chance(2) ? 0 : random.below(plain ? 2 : 4); more > 0; more--)
      line += `|${random.of(sections)}`;
  }
  return random.chance(4) ? changed(line, random) : line;
}

function changed(line: string, random: Random): string {
  for (let changes = 1 + random.below(3); changes > 0; changes--) {
    const at = random.below(line.length + 1);
    const kind = random.below(5);
    if (kind === 0) line = line.slice(0, at);
    else if (kind === 1) line = line.slice(0, at) + line.slice(at + 1 + random.below(4));
    else if (kind === 2) line = line.slice(0, at) + random.of(marks) + line.slice(at + 1);
    else if (kind === 3) line = line.slice(0, at) + random.of(marks) + line.slice(at);
    else line += line.slice(at);
  }
  return line;
}

/** A datagram of about this many lines, and their number, the part behind the last newline included. */
export function fuzzedDatagram(random: Random, about: number): { readonly bytes: Buffer; readonly lines: number } {
  const text = Array.from({ length: about }, () => fuzzedLine(random)).join('\n');
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  return { bytes: Buffer.from(text, 'latin1'), lines };
}
