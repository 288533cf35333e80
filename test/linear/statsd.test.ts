import { describe, expect, test } from 'vitest';
import { statsdFlags } from '../../src/contract/statsd.ts';
import { defaults } from '../../src/flags/flag.ts';
import { explainLines } from '../../src/statsd/explain/explain-lines.ts';
import { readMapping } from '../../src/statsd/mapping/rules/read-mapping.ts';
import { LineSplitter } from '../../src/statsd/receive/stream/line-splitter.ts';
import { PacketSplitter } from '../../src/statsd/receive/stream/packet-splitter.ts';
import { direct } from '../statsd/direct.ts';
import { steepness } from './growth.ts';
import { many } from './many.ts';
import { attackShapes, type Shape } from './shapes.ts';

const settings = defaults(statsdFlags);
const take = (datagram: string) => direct().take(datagram);
const sink = { lines() {}, tooLong() {}, torn() {}, framed() {} };

/** In pieces of some bytes, as a connection may bring them. */
function inPieces(text: string, push: (chunk: Buffer) => unknown): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 7) push(bytes.subarray(at, at + 7));
}

/** The parts of a statsd line that a sender chooses, each of all dialects; a datagram is no longer than 64 KiB. */
const lines: Readonly<Record<string, (text: string) => unknown>> = {
  'a datagram': take,
  'a name': (text) => take(`${text}:1|c`),
  'a value': (text) => take(`a:${text}|c`),
  'values of a timer': (text) => take(`a:${text.replaceAll(/[|\n]/g, ':')}|ms`),
  'members of a set': (text) => take(`a:${text}|s`),
  'a type': (text) => take(`a:1|${text}`),
  sections: (text) => take(`a:1|c|@0.1|${text}`),
  'tags of DogStatsD': (text) => take(`a:1|c|#${text}`),
  'tags of Influx': (text) => take(`a,${text}:1|c`),
  'tags of Librato': (text) => take(`a#${text}:1|c`),
  'tags of SignalFX': (text) => take(`a[${text}]:1|c`),
  'an event': (text) => take(`_e{5,${text.length}}:title|${text}|#a:b`),
  'tags of an event': (text) => take(`_e{1,1}:a|b|#${text}`),
  'the head of an event': (text) => take(`_e{${text}}:a|b`),
  'a service check': (text) => take(`_sc|${text}|1|#${text}|m:${text}`),
  'lines that are explained': (text) => explainLines([text], { settings }),
  'a tag that is explained': (text) => explainLines([`a:1|c|#${text}`], { settings }),
  'a stream': (text) => {
    const splitter = new LineSplitter(65_536, sink);
    inPieces(text, (chunk) => splitter.push(chunk));
  },
  'a stream of Datadog': (text) => {
    const splitter = new PacketSplitter(65_536, sink);
    inPieces(text, (chunk) => splitter.push(chunk));
  },
};

const manyLines: readonly Shape[] = [
  many('names', (i) => `n${i}:1|c\n`),
  many('series', (i) => `a:1|c|#l:${i}\n`),
  many('labels', (i) => `a:1|c|#l${i}:1\n`),
  many('members', (i) => `a:${i}|s\n`),
  many('types of one name', (i) => `a:1|${['c', 'g', 'ms', 'h', 's'][i % 5]}|#l:${i}\n`),
  many('events', (i) => `_e{2,${`${i}`.length}}:ab|${i}\n`),
  many('service checks', (i) => `_sc|n${i}|0\n`),
  many('tags of one line', (i) => `t${i}:v,`, 'a:1|c|#', '\n'),
  many('tags of one name', () => `t:v,`, 'a:1|c|#', '\n'),
  many('values and tags', () => '1:', 'a:', `1|ms|#${'t:v,'.repeat(30)}\n`),
  many('samples of one line', (i) => `${i}|c:`, 'a:', '1|c\n'),
  many('lines with a sample that is no number', (i) => `a:x${i}|c\n`),
];

describe.each(Object.entries(lines))('%s', (_, run) => {
  test.each(attackShapes)('$name', async ({ make }) => {
    expect(await steepness(run, make, 65_536)).toBeUndefined();
  });
});

describe.each([
  ['known lines', take],
  ['explained', (text: string) => explainLines([text], { settings, most: Number.POSITIVE_INFINITY })],
])('many: %s', (_, run) => {
  test.each(manyLines)('$name', async ({ make }) => {
    expect(await steepness(run, make, 131_072)).toBeUndefined();
  });
});

const manyRules: readonly Shape[] = [
  many('globs', (i) => `- match: a${i}.*\n  name: n${i}\n`, 'mappings:\n'),
  many('globs with a star before', (i) => `- {match: "*.a${i}", name: n${i}}\n`, 'mappings:\n'),
  many('globs that overlap', (i) => `- {match: "*.${'*.'.repeat(i % 20)}a${i}", name: n${i}}\n`, 'mappings:\n'),
  many(
    'stars and words',
    (i) => `- {match: "${[...i.toString(2)].map((one) => (one === '1' ? '*' : 'a')).join('.')}", name: n${i}}\n`,
    'mappings:\n',
  ),
  many('one glob', () => `- {match: "a.*", name: n}\n`, 'mappings:\n'),
  many(
    'rules that are not reached',
    (i) => `- {match: "a.b${i}", name: n}\n`,
    'mappings:\n- {match: "a.*", name: n}\n',
  ),
  many('regular expressions', (i) => `- {match: "a${i}(.*)", match_type: regex, name: "n_$1"}\n`, 'mappings:\n'),
  many('one regular expression', () => `- {match: "a(.*)", match_type: regex, name: "n_$1"}\n`, 'mappings:\n'),
  many('a long regular expression', (i) => `(a|b${i})`, 'mappings:\n- {match: "', '", match_type: regex, name: n}\n'),
  many('a long glob', () => '*.', 'mappings:\n- {match: "', 'a", name: n}\n'),
  many('references', () => '$'.concat('{1}'), 'mappings:\n- {match: "*.a", name: "a_', '"}\n'),
  many('labels of a rule', (i) => `    l${i}: v\n`, 'mappings:\n- match: a\n  name: n\n  labels:\n'),
  many('labels given again and again', (i) => `  labels: {l${i}: v}\n`, 'mappings:\n- match: a\n  name: n\n'),
  many('defaults given again and again', (i) => `defaults: {l${i}: v}\n`),
  many('keys that are unknown', (i) => `  k${i}: v\n`, 'mappings:\n- match: a\n  name: n\n'),
  many('keys at the top', (i) => `k${i}: v\n`),
  many(
    'buckets',
    (i) => `${i},`,
    'mappings:\n- match: a\n  name: n\n  observer_type: histogram\n  histogram_options:\n    buckets: [',
    ']\n',
  ),
  many(
    'quantiles',
    (i) => `{quantile: 0.${i + 1}},`,
    'mappings:\n- match: a\n  name: n\n  summary_options:\n    quantiles: [',
    ']\n',
  ),
  many('buckets of defaults', (i) => `${i},`, 'defaults:\n  buckets: [', ']\n'),
  many('anchors', (i) => `- &a${i} {match: a${i}, name: n}\n- *a${i}\n`, 'mappings:\n'),
  many('merges', (i) => `- &a${i} {<<: *a${i === 0 ? 's' : i - 1}, match: a${i}}\n`, 'x: &as {name: n}\nmappings:\n'),
  many('merges of one map', (i) => `- {<<: *a, match: a${i}}\n`, 'x: &a {name: n}\nmappings:\n'),
  many('a list that is merged', () => '*a,', 'x: &a {name: n}\nmappings:\n- <<: [', ']\n  match: b\n'),
  many('names with errors', (i) => `- {match: a${i}, name: "1-"}\n`, 'mappings:\n'),
  many(
    'families of different types',
    (i) => `- {match: a${i}, name: n, match_metric_type: ${['counter', 'gauge'][i % 2]}}\n`,
    'mappings:\n',
  ),
  many('documents', (i) => `---\na: ${i}\n`),
];

describe.each([
  ['', { strict: false, compatGlob: false }],
  [' as statsd_exporter reads it', { strict: true, compatGlob: true }],
])('a mapping%s', (_, options) => {
  const read = (text: string) => readMapping(text, options);
  const rule = (text: string) =>
    read(
      `mappings:\n- match: ${JSON.stringify(text)}\n  name: ${JSON.stringify(text)}\n  help: ${JSON.stringify(text)}\n`,
    );
  const regex = (text: string) =>
    read(
      `mappings:\n- match: ${JSON.stringify(text)}\n  match_type: regex\n  name: n\n  ttl: ${JSON.stringify(text)}\n`,
    );
  test.each(attackShapes)('$name', async ({ make }) => {
    for (const one of [read, rule, regex]) expect(await steepness(one, make, 65_536), one.name).toBeUndefined();
  });

  test.each(manyRules)('many: $name', async ({ make }) => {
    // A file of more than 8 KiB is read in pieces where it can be, and else again as a whole.
    expect(await steepness(read, make, 262_144, 16_384)).toBeUndefined();
  });
});

/** Rules that a careless matcher goes back in again and again, for every kind of name. */
test.each(attackShapes)('a name that is matched: $name', async ({ make }) => {
  const matches = ['*.*.*.*.x', '*.a.*.a.*', '*'];
  const regexes = ['(a+)+$', '(.*).(.*).(.*)x', '(?:a|aa)*b', '^([0-9.]+)*$'];
  const rules = [
    ...matches.map((match) => `- {match: "${match}", name: n}\n`),
    ...regexes.map((match) => `- {match: "${match}", match_type: regex, name: n}\n`),
  ];
  for (const compatGlob of [false, true]) {
    const result = readMapping(`mappings:\n${rules.join('')}`, { strict: false, compatGlob });
    if (!result.ok) expect.fail(JSON.stringify(result.findings));
    const { find } = result.mapping;
    expect(await steepness((name) => find('counter', name), make, 65_536)).toBeUndefined();
  }
});
