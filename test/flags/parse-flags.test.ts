import { describe, expect, test } from 'vitest';
import { boolean, duration, port, text } from '../../src/flags/codecs.ts';
import { flag } from '../../src/flags/flag.ts';
import { helpLines } from '../../src/flags/flag-help.ts';
import { parseFlags } from '../../src/flags/parse-flags.ts';
import { renderFlags } from '../../src/flags/render-flags.ts';

const table = {
  listenPort: flag({
    name: 'listen-port',
    codec: port,
    default: 80,
    doc: 'The port.',
    example: '80',
    env: 'LISTEN_PORT',
  }),
  ttl: flag({ name: 'ttl', codec: duration, default: 60_000, doc: 'How long.', example: '1m' }),
  tags: flag({ name: 'tags', codec: boolean, default: true, doc: 'Whether.', example: 'true' }),
};

test.each<[string[], object]>([
  [[], { listenPort: 80, ttl: 60_000, tags: true }],
  [['--listen-port=81', '--ttl', '5s', '--no-tags'], { listenPort: 81, ttl: 5000, tags: false }],
  [['--tags=false'], { listenPort: 80, ttl: 60_000, tags: false }],
  [['--tags', '--ttl=0'], { listenPort: 80, ttl: 0, tags: true }],
])('%j', (args, settings) => {
  expect(parseFlags(table, args)).toMatchObject({ ok: true, settings });
});

test.each<[string[], string[]]>([
  [['--listen-prot=81'], ['--listen-prot: no such flag; did you mean "listen-port"?']],
  [['--listen-port'], ['--listen-port: needs a value, a port, 1 to 65535']],
  [['--listen-port=1', '--listen-port=2'], ['--listen-port: given more than once']],
  [['--tags', '--no-tags'], ['--no-tags: given more than once']],
  [['--no-tags=true'], ['--no-tags: takes no value']],
  [
    ['file.yml', '--'],
    [
      'unexpected argument "file.yml": settings are flags, --name=value',
      'unexpected argument "--": settings are flags, --name=value',
    ],
  ],
  [
    ['--ttl=5', '--listen-port', 'x', '--nothing', 'at all'],
    [
      '--ttl: "5" is not a duration such as 200ms, 30s, 5m or 1h30m; the unit is missing',
      '--listen-port: "x" is not a port, 1 to 65535',
      '--nothing: no such flag',
    ],
  ],
])('%j is refused with every problem', (args, problems) => {
  expect(parseFlags(table, args)).toEqual({ ok: false, problems, operands: [] });
});

test('the environment stands in for a flag that was not given', () => {
  expect(parseFlags(table, [], { LISTEN_PORT: '81' })).toMatchObject({ settings: { listenPort: 81 } });
  expect(parseFlags(table, ['--listen-port=82'], { LISTEN_PORT: 'x' })).toMatchObject({ settings: { listenPort: 82 } });
  expect(parseFlags(table, [], { LISTEN_PORT: 'x' })).toEqual({
    ok: false,
    problems: ['environment variable LISTEN_PORT: "x" is not a port, 1 to 65535'],
    operands: [],
  });
});

test('only what differs from its default is rendered', () => {
  expect(renderFlags(table, { listenPort: 80, ttl: 5000, tags: false })).toEqual(['--ttl=5s', '--tags=false']);
});

test('help shows each flag with its default and its environment variable', () => {
  expect(helpLines(table)).toEqual([
    '  --listen-port=PORT',
    '        The port. (default 80; environment LISTEN_PORT)',
    '  --ttl=DURATION',
    '        How long. (default 1m)',
    '  --[no-]tags',
    '        Whether. (default true)',
  ]);
});

test('a letter stands for its flag, in each way that kubectl takes it', () => {
  const short = {
    ...table,
    output: flag({ name: 'output', short: 'o', codec: text, default: '', doc: 'How.', example: 'x' }),
  };
  for (const args of [['-o', 'json'], ['-ojson'], ['-o=json']]) {
    expect(parseFlags(short, args)).toMatchObject({ ok: true, settings: { output: 'json' } });
  }
  expect(parseFlags(short, ['-x', '-o'])).toEqual({
    ok: false,
    problems: [
      'unexpected argument "-x": settings are flags, --name=value',
      '--output: needs a value, text without control characters',
    ],
    operands: [],
  });
  expect(helpLines(short).join('\n')).toContain('How. (short -o)');
});

test('of many problems the first are told, and how many more there are', () => {
  const result = parseFlags(
    {},
    Array.from({ length: 5000 }, (_, i) => `--nonsense-${i}=1`),
  );
  if (result.ok) expect.fail('taken');
  expect(result.problems).toHaveLength(21);
  expect(result.problems.at(-1)).toBe('and 4980 more');
});

describe('operands', () => {
  const files = {
    output: flag({ name: 'output', short: 'o', codec: text, default: '', doc: 'How.', example: 'json' }),
    tags: table.tags,
  };
  const parse = (line: string) => parseFlags(files, line.split(' '), {}, 'operands');

  test.each<[string, string[], object]>([
    ['a b', ['a', 'b'], {}],
    ['-', ['-'], {}],
    ['a -o json b', ['a', 'b'], { output: 'json' }],
    ['--output json a', ['a'], { output: 'json' }],
    ['--output=json a', ['a'], { output: 'json' }],
    ['-ojson a', ['a'], { output: 'json' }],
    ['--output - a', ['a'], { output: '-' }],
    ['--tags a', ['a'], { tags: true }],
    ['--no-tags a', ['a'], { tags: false }],
    ['-o json -- -a -- b', ['-a', '--', 'b'], { output: 'json' }],
  ])('%s', (line, operands, settings) => {
    expect(parse(line)).toMatchObject({ ok: true, operands, settings });
  });

  test.each<[string, string[], string[]]>([
    ['a -o', ['a'], ['--output: needs a value, text without control characters']],
    ['--output -- a', ['a'], ['--output: needs a value, text without control characters']],
    ['--nothing a', ['a'], ['--nothing: no such flag']],
    ['-x a', ['a'], ['unexpected argument "-x": settings are flags, --name=value']],
  ])('%s: operands are known beside the problems', (line, operands, problems) => {
    expect(parse(line)).toEqual({ ok: false, problems, operands });
  });
});
