import { expect, test } from 'vitest';
import { allCommands } from '../../../src/cli/command-table.ts';
import { version } from '../../../src/runtime/version.ts';
import { printed, printedOnTerminal } from '../printed.ts';

const all = await allCommands();
const runOf = (name: string) => all.find((command) => command.name === name)!.run;
const commands = { annotations: runOf('annotations'), reasons: runOf('reasons'), metrics: runOf('metrics') };
const examples = {
  annotations: ['metrics-sidecar.io/log-level', 'metrics-sidecar.io/inject'],
  reasons: ['port_taken', 'not_asked'],
  metrics: ['ingest_push_size_bytes', 'metrics_sidecar_series'],
} as const;
const names = Object.keys(commands) as (keyof typeof commands)[];

test.each(names)('%s lists them all', async (name) => {
  const { code, out, err } = await printed(commands[name]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const example of examples[name]) expect(out).toMatch(new RegExp(`^${example} .+$`, 'm'));
});

test.each(names)('%s WORD tells all that is known of one, wherever the flags stand', async (name) => {
  const [example] = examples[name];
  const { code, out } = await printed(commands[name], example);
  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`^${example}\n\n\\S.*\n\n( {2,}\\S.*\n)+$`));
  expect((await printed(commands[name], '-o', 'table', example)).out).toBe(out);
});

test.each(names)('%s -o json', async (name) => {
  const [example] = examples[name];
  const all = JSON.parse((await printed(commands[name], '-o', 'json')).out) as Record<string, object[]>;
  const one = JSON.parse((await printed(commands[name], example, '-o', 'json')).out) as Record<string, object[]>;
  expect(Object.keys(all)).toEqual(['version', name]);
  expect(all.version).toBe(version);
  expect(one[name]).toHaveLength(1);
  expect(all[name]).toContainEqual(one[name]![0]);
});

test.each(names)('%s -o markdown', async (name) => {
  const { code, out } = await printed(commands[name], '--output=markdown');
  expect(code).toBe(0);
  for (const example of examples[name]) expect(out).toMatch(new RegExp(`^\\| .*\`${example}\` \\| .* \\|$`, 'm'));
});

test('a pattern lists what fits it', async () => {
  const { code, out } = await printed(commands.metrics, 'ingest_push_*');
  expect(code).toBe(0);
  expect(out.match(/^\S+/gm)).toEqual(['NAME', 'ingest_push_duration_seconds', 'ingest_push_size_bytes']);
});

test.each([60, 100, 160])('%i columns of a terminal are kept to', async (columns) => {
  const { out } = await printedOnTerminal(columns, commands.reasons);
  const sentences = out.split('\n').filter((line) => line.startsWith('    '));
  expect(sentences.length).toBeGreaterThan(10);
  expect(sentences.filter((line) => line.length > columns)).toEqual([]);
  const whole = await printedOnTerminal(columns, commands.reasons, 'job_without_native');
  expect(whole.out.split('\n').filter((line) => line.length > columns)).toEqual([]);
});

test.each<[keyof typeof commands, string[], string]>([
  ['annotations', ['udp-prt'], '"udp-prt" is no annotation; did you mean "udp-port"?'],
  [
    'annotations',
    ['metrics-sidecar.io/log-levle'],
    '"metrics-sidecar.io/log-levle" is no annotation; did you mean "metrics-sidecar.io/log-level"?',
  ],
  [
    'annotations',
    ['metrics-sidecar.io/status'],
    '"metrics-sidecar.io/status" is written by the webhook, nobody sets it',
  ],
  ['reasons', ['port_taken_'], '"port_taken_" is no reason; did you mean "port_taken"?'],
  ['reasons', ['qqqqqqqqqqqq'], '"qqqqqqqqqqqq" is no reason'],
  [
    'metrics',
    ['ingest_push_size_byte_s'],
    '"ingest_push_size_byte_s" is no metric; did you mean "ingest_push_size_bytes"?',
  ],
  ['reasons', ['port_taken', 'not_asked'], 'unexpected argument "not_asked": one reason at a time'],
  ['reasons', ['-o', 'yaml'], '--output: "yaml" is not one of table, json, markdown'],
  ['metrics', ['--outptu=json'], '--outptu: no such flag; did you mean "output"?'],
])('%s %j is a wrong command line', async (name, args, problem) => {
  expect(await printed(commands[name], ...args)).toEqual({
    ...{ code: 2, out: '' },
    err: `metrics-sidecar: ${problem}\nTry "metrics-sidecar ${name} --help".\n`,
  });
});
