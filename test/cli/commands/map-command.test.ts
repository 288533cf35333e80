import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allCommands } from '../../../src/cli/command-table.ts';
import { helpOf } from '../../../src/cli/commands/help-command.ts';
import { runMap } from '../../../src/cli/commands/map-command.ts';
import type { Io } from '../../../src/terminal/io.ts';
import { printed, printedWithInput } from '../printed.ts';

const commands = await allCommands();

let folder: string;
const path = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'map-'));
  await writeFile(
    path('good.yml'),
    `mappings:
- match: "orders.*.*.time"
  name: "orders_\${2}_seconds"
  labels: {queue: "$1"}
  observer_type: histogram
  histogram_options: {buckets: [0.1, 1]}
  ttl: 10m
- {match: "^debug-(.*)$", match_type: regex, action: drop, name: dropped}
`,
  );
  await writeFile(path('warning.yml'), 'mappings:\n- {match: a, name: n}\n- {match: a, name: n}\n');
  await writeFile(path('error.yml'), 'mappings:\n- {match: a}\n');
  await writeFile(path('unknown.yml'), 'mappings:\n- {match: a, name: n, fsm: 1}\n');
});

afterAll(() => rm(folder, { recursive: true }));

test('each line with what becomes of it', async () => {
  const lines = ['orders.eu.done.time:250|ms|#zone:b', 'debug-x:1|c', 'a-b:1|c', 'a-b:1|g', 'bad'];
  const { code, out, err } = await printed(runMap, '--mapping', path('good.yml'), ...lines);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out.replaceAll(`${folder}/`, '')).toBe(`orders.eu.done.time:250|ms|#zone:b
  250|ms  taken
    good.yml:2 orders.*.*.time (glob) $1="eu" $2="done"
    orders_done_seconds{queue="eu",zone="b"}  histogram, buckets 0.1 1, forgotten after 10m without samples
    Milliseconds become seconds.

debug-x:1|c
  1|c  dropped
    good.yml:8 ^debug-(.*)$ (regex) $1="x"
    The rule drops it.

a-b:1|c
  1|c  taken
    a_b  counter
    No rule matches: the name stays.
    Characters that Prometheus does not allow in a name become _.

a-b:1|g
  1|g  refused: type_conflict
    a_b is a counter already.

bad
  refused: malformed_line
  A line is name:value|type in UTF-8. This one has no colon, or no name before it.

refused: 1 malformed_line, 1 type_conflict
`);
});

describe('exit codes', () => {
  test.each<[string, number]>([
    ['a:1|c', 0],
    ['a:x|c', 1],
    ['a:1|c b', 1],
    ['--mapping good.yml a:1|c', 0],
    ['--mapping good.yml --fail-on unmapped debug-x:1|c', 0],
    ['--mapping good.yml --fail-on unmapped a:1|c', 1],
    ['--mapping warning.yml a:1|c', 0],
    ['--mapping error.yml b:1|c', 1],
    ['--mapping error.yml b:1|c -o json', 1],
    ['--mapping unknown.yml a:1|c', 0],
    ['--mapping unknown.yml a:1|c --statsd.strict-config', 1],
    ['--mapping nowhere.yml a:1|c', 3],
    ['--mapping', 2],
    ['a:1|c -', 2],
    ['--mapping - -', 2],
    ['--mapping -', 2],
    ['a:1|c -o yaml', 2],
    ['a:1|c --statsd.observer-type=gauge', 2],
  ])('%s: %i', async (line, expected) => {
    const args = line.split(' ').map((arg) => (arg.endsWith('.yml') ? path(arg) : arg));
    const { code, err } = await printed(runMap, ...args);
    expect(code).toBe(expected);
    if (code >= 2) expect(err).not.toBe('');
  });
});

describe('the mapping', () => {
  test('is told of as validate does, and nothing is explained with one that is wrong', async () => {
    const { out, err } = await printed(runMap, '--mapping', path('error.yml'), 'a:1|c');
    expect({ out, err }).toEqual({
      out: '',
      err: `${path('error.yml')}:2:3: error: the mapping has no name (name)\n`,
    });
  });

  test('with warnings is used', async () => {
    const { out, err } = await printed(runMap, '--mapping', path('warning.yml'), 'a:1|c');
    expect(err).toContain('warning.yml:3:11: warning: ');
    expect(out).toContain('warning.yml:2 a (glob)\n    n  counter\n');
  });

  test('is standard input', async () => {
    const { out } = await printedWithInput('mappings: [{match: a, name: n}]', runMap, '--mapping', '-', 'a:1|c');
    expect(out).toContain('    -:1 a (glob)\n');
  });
});

describe('standard input', () => {
  test.each([[[]], [['-']]])('with %j', async (args) => {
    const { code, out } = await printedWithInput('a:1|c\r\n\nb:1|g\n', runMap, ...args);
    expect(code).toBe(0);
    expect(out.match(/^\S.*$/gm)).toEqual(['a:1|c', 'b:1|g']);
  });

  test('as bytes: what is no UTF-8 is refused as a sidecar does', async () => {
    const { code, out } = await printedWithInput(Buffer.from('a\xff:1|c\n', 'latin1'), runMap);
    expect(code).toBe(1);
    expect(out).toContain('refused: malformed_line');
  });

  test('nothing', async () => {
    expect(await printedWithInput('', runMap)).toEqual({ code: 0, out: '', err: '' });
  });
});

test('the page that the lines give', async () => {
  const { out } = await printed(runMap, '-o', 'page', 'a:1|c|#x:y', 'a:2|c|#x:y');
  expect(out).toBe('# HELP a Metric autogenerated by statsd_exporter.\n# TYPE a counter\na{x="y"} 3\n');
});

test('JSON for programs', async () => {
  const { out } = await printed(runMap, '-o', 'json', '--mapping', path('good.yml'), 'orders.a.b.time:1|ms', 'x');
  expect(JSON.parse(out)).toMatchObject({
    mapping: path('good.yml'),
    findings: [],
    refused: [{ reason: 'malformed_line', count: 1 }],
    lines: [
      { name: 'orders.a.b.time', samples: [{ rule: { line: 2, captures: ['a', 'b'] } }] },
      { outcome: 'refused' },
    ],
    page: expect.stringContaining('orders_b_seconds_count{queue="a"} 1\n'),
  });
});

test('flags of statsd', async () => {
  const flags = [
    '--no-statsd.parse-dogstatsd-tags',
    '--statsd.observer-type=histogram',
    '--statsd.histogram-buckets=5',
  ];
  expect((await printed(runMap, ...flags, 'a:1|ms|#x:y')).out).toContain('    a  histogram, buckets 5\n');
});

test('whoever sends a line does not move the cursor of who reads it', async () => {
  const { out } = await printed(runMap, 'a\u001b[2J\u0007:1|c|#x:\u009b1m', 'b:\u001b|c', '\u001b[2J');
  expect(out).toContain('a?[2J?:1|c|#x:?1m\n');
  expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

test('colour on a terminal alone', async () => {
  const chunks: string[] = [];
  const write = (chunk: Buffer, _: string, done: () => void) => {
    chunks.push(chunk.toString());
    done();
  };
  const terminal = Object.assign(new Writable({ write }), { isTTY: true });
  const io = { env: {}, in: Readable.from([]), out: terminal, err: terminal } as unknown as Io;
  await runMap(['a:1|c', 'b:x|c'], io);
  const esc = '\u001b';
  expect(chunks.join('')).toContain(`  ${esc}[32m1|c  taken${esc}[0m\n`);
  expect(chunks.join('')).toContain(`  ${esc}[31mx|c  refused: malformed_value${esc}[0m\n`);
  expect((await printed(runMap, 'a:1|c')).out).not.toContain(esc);
});

test('help says what the exit code means', async () => {
  const help = await helpOf(commands.find(({ name }) => name === 'map')!);
  expect(help).toContain('exit code 1');
});
