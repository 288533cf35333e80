import { describe, expect, test } from 'vitest';
import { mappingUse } from '../../../src/statsd/counts/mapping-use.ts';
import { type Direct, direct, summaries, unaccounted } from '../direct.ts';
import { handMapping } from '../hand-mapping.ts';

const limits = { families: 3, seriesPerFamily: 6 };

/** All counters. */
async function counted(of: Direct) {
  const { store, page } = of;
  const rows = (await page('text')).split('\n').filter((row) => !row.includes('statsd_exporter_line_cache_'));
  const use = mappingUse(of.pipeline);
  return { rows, refused: store.refused(), unmapped: use.unmapped, rules: use.rules, top: store.topRefused(5) };
}

/** Sends the first lines once and the others ten times, with and without a line table. */
async function repeated(first: readonly string[], lines: readonly string[]): Promise<Direct> {
  const [quick, full] = [direct(summaries, limits), direct(summaries, limits, false)];
  for (const of of [quick, full]) {
    of.use(
      handMapping([
        { match: 'gone', action: 'drop' },
        { match: 'ruled', name: 'g' },
        { match: 'bare', name: '' },
      ]),
    );
    for (const line of first) of.take(line);
    for (let i = 0; i < 10; i++) for (const line of lines) of.take(line.replaceAll('%', `${i}`));
  }
  expect(await counted(quick)).toEqual(await counted(full));
  expect(unaccounted(quick.pipeline)).toEqual([0, 0]);
  return quick;
}

test.each([
  ['a tag without a value', [], ['a:%|c|#live,k:v'], 8],
  ['tag errors', [], ['a:%|ms|#:x,y:,,k:v'], 8],
  ['a tag error in the name', [], ['a,x:%|c'], 8],
  ['unknown sections', [], ['a:%|g|x:y|z:1'], 8],
  ['more faults than are kept', [], ['a:%|c|#a,b,c,d,e,f,g,h'], 0],
  ['a rule that drops', [], ['gone:%|c|#live'], 8],
  ['a set', [], ['a:m%|s'], 9],
  ['a set with a faulty tag', [], ['a:m%|s|#live'], 8],
  ['a set whose members are not ASCII', [], ['a:é%|s'], 0],
  ['a set without a member', ['a:m|s'], ['a:|s'], 0],
  ['an unknown type', [], ['a:%|zz|#k:v'], 8],
  ['an unknown section', [], ['a:%|c|zz'], 8],
  ['too many parts', [], ['a:%|c|@1|@1|@1|@1'], 8],
  ['a container without a name', [], ['a:x%|c|c:'], 8],
  ['values that are no numbers', [], ['a:x%|c'], 8],
  ['values that are no numbers, of a known line', ['a:1|c|#k:v'], ['a:x%|c|#k:v'], 10],
  ['values that are no numbers, of a known line with faults', ['a:1|c|#k', 'a:1|c|#k'], ['a:x%|c|#k'], 9],
  ['a value that is no UTF-8', ['a:1|c'], ['a:\xff%|c'], 0],
  ['negative counters', [], ['a:-1%|c'], 8],
  ['negative counters of a known line', ['a:1|c|#k:v'], ['a:-1%|c|#k:v'], 10],
  ['a counter of minus nothing', [], ['a:-0|c'], 9],
  ['a factor that makes all of them negative', [], ['a:1%|c|@-1'], 0],
  ['a scale of a rule', [], ['ruled:-1|c'], 8],
  ['a conflict', ['a:1|c'], ['a:%|g', 'a:%|ms', 'a:m%|s'], 24],
  ['a conflict of suffixes', ['a:1|ms'], ['a_sum:%|c'], 8],
  ['a conflict under a rule', ['g:1|g'], ['ruled:%|c|#k:v'], 9],
  ['the limit of families', ['a:1|c', 'b:1|c', 'c:1|c'], ['d:%|c', 'e:%|ms', 'f:m%|s'], 24],
  ['the limit of series', [0, 1, 2, 3, 4, 5].map((i) => `a:1|c|#k:v${i}`), ['a:%|c|#k:w,live'], 8],
  ['a label that is reserved', [], ['a:%|c|#__x:y'], 8],
  ['a reserved name', [], ['up:%|g'], 8],
  ['a name that is too long', [], [`${'n'.repeat(1020)}xxxxx:%|c`], 0],
  ['a rule that leaves no name', [], ['bare:%|c'], 8],
  ['two styles of tags', [], ['a,k=v:%|c|#l:w'], 8],
  ['nothing but tags', [], [',k=v:%|c'], 8],
  ['several values', [], ['a:%:2|zz'], 0],
  ['several values of a conflict, and one', ['a:1|c'], ['a:1:2|g|#k:v', 'a:%|g|#k:v'], 9],
  ['values that begin as numbers', ['a:1|c'], ['a:inx%|c', 'a:+nax%|c', 'a:1x%|c', 'a:.|c', 'a:+|c', 'a:|c'], 60],
  ['unusual numbers of a known line', ['a:1|c'], ['a:+%e1|c', 'a:0x1p%|c', 'a:.5|c', 'a:1_%|c'], 40],
  ['unusual numbers', ['a:1|c'], ['a:%e1|g', 'a:inf|g'], 0],
])('counts the same known or not: %s', async (_, first, lines, known) => {
  const { pipeline } = await repeated(first, lines);
  expect(pipeline.counters.linesKnown).toBe(known);
});

const sent = (of: Direct, line: string, times: number) => {
  for (let i = 0; i < times; i++) of.take(line);
};
const refused = ({ store }: Direct) => Object.fromEntries(store.refused());

describe('a refusal of the page is known until another answer may be right', () => {
  test('a series that goes leaves its place', () => {
    const of = direct(summaries, { seriesPerFamily: 1 });
    of.use(handMapping([], { ttl: 1000 }));
    of.take('a:1|c|#k:v');
    sent(of, 'a:1|c|#k:w', 5);
    expect(refused(of)).toEqual({ series_per_family_limit: 5 });
    of.pass(2000);
    sent(of, 'a:1|c|#k:w', 5);
    expect(refused(of)).toEqual({ series_per_family_limit: 5 });
    expect(of.pipeline.counters.counterSamples).toBe(6);
  });

  test('a family that goes leaves its name', () => {
    const of = direct();
    of.use(handMapping([], { ttl: 1000 }));
    of.take('a:1|c');
    sent(of, 'a:1|g', 5);
    of.pass(2000);
    sent(of, 'a:1|g', 5);
    expect([of.pipeline.counters.gaugeSamples, of.pipeline.counters.conflictReasons.get('type_conflict')]).toEqual([
      5, 5,
    ]);
  });

  test('another mapping', () => {
    const of = direct();
    of.take('a:1|c');
    sent(of, 'a:1|g', 5);
    of.use(handMapping([{ match: 'a', kinds: ['gauge'], name: 'b' }]));
    sent(of, 'a:1|g', 5);
    expect(of.pipeline.counters.gaugeSamples).toBe(5);
  });

  test('a limit that is asked about earlier is reached', () => {
    const of = direct(summaries, { seriesPerFamily: 2, series: 4 });
    of.take('a:1|c|#k:1\na:1|c|#k:2');
    sent(of, 'a:1|c|#k:3', 5);
    of.take('b:1|c\nc:1|c');
    sent(of, 'a:1|c|#k:3', 5);
    expect(refused(of)).toEqual({ series_per_family_limit: 5, series_limit: 5 });
  });

  test('series that come elsewhere, and others that are refused, change nothing', () => {
    const of = direct(summaries, { seriesPerFamily: 2 });
    of.take('a:1|c|#k:1\na:1|c|#k:2');
    sent(of, 'a:1|c|#k:3', 3);
    for (let i = 0; i < 50; i++) of.take(`b${i}:1|c\nup:1|g|#k:${i}\nn${i}:1|c|#__x:${i}\na:1|c|#k:3`);
    expect(of.pipeline.counters.linesKnown).toBe(52);
  });

  test('most values of a label', () => {
    const of = direct(summaries, { valuesPerLabel: 2 });
    of.take('a:1|c|#k:1\na:1|c|#k:2');
    sent(of, 'a:1|c|#k:3', 5);
    expect(of.pipeline.counters.linesKnown).toBe(3);
    of.pipeline.table.settle();
    expect(of.store.topRefused(1)).toEqual([{ name: 'a{k}', reason: 'label_values_limit', count: 5, atMost: 5 }]);
  });
});

test('very many refusals that differ are forgotten now and then, and all are counted', () => {
  const of = direct(summaries, {}, true, 65_536);
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 6000; i++) of.take(`a:1|zz|#${','.repeat(1 + i)}`.slice(0, 900));
    for (let i = 0; i < 5000; i++) of.take(`n${i}:1|g\nn${i}:1|c`);
  }
  expect(unaccounted(of.pipeline)).toEqual([0, 0]);
  expect(of.pipeline.counters.linesKnown).toBeGreaterThan(5000);
});

test('lines that are refused and never come again push out no line that does', () => {
  const of = direct(summaries, {}, true, 64);
  for (let i = 0; i < 5000; i++) of.take(`n${i}:1|zz\nsteady${i % 32}:1|c`);
  expect(of.pipeline.table.evicted).toBeLessThan(10);
  expect(of.pipeline.counters.linesKnown).toBeGreaterThan(4900);
});

test('one of the last lines is shown for a reason, known or not', () => {
  const of = direct();
  for (let i = 0; i < 5; i++) {
    of.pass(1000);
    of.take(`a:${i}|zz\r`);
  }
  expect(mappingUse(of.pipeline).rejects).toEqual([{ reason: 'illegal_event', count: 5, sample: 'a:4|zz' }]);
});
