import { describe, expect, test } from 'vitest';
import { allCommands } from '../../../src/cli/command-table.ts';
import { run } from '../../../src/cli/run-command-line.ts';
import { printed, printedOnTerminal } from '../printed.ts';

const commands = await allCommands();

const names = commands.map(({ name }) => name);
const usage = (line: string) =>
  line.startsWith('Usage: ') || line.startsWith('  metrics-sidecar ') || line.startsWith('  --');

describe.each(['', ...names])('help %s', (name) => {
  const words = name === '' ? [] : [name];

  test('is what --help says', async () => {
    const help = await printed(run, 'help', ...words);
    expect(help).toMatchObject({ code: 0, err: '' });
    // Of `help --help` nobody wants to know how to ask for help.
    const asked = name === 'help' ? await printed(run, 'help') : help;
    expect(await printed(run, ...words, '--help')).toEqual(asked);
    expect(await printed(run, ...words, '-h')).toEqual(asked);
  });

  test.each([40, 72, 100, 300])('fits %i columns', async (columns) => {
    const { out } = await printedOnTerminal(columns, run, 'help', ...words);
    // What is typed is not wrapped, nor is a word that is longer than a line.
    const long = out.split('\n').filter((line) => line.length > Math.min(columns, 120) && !usage(line));
    expect(long.filter((line) => line.trim().includes(' '))).toEqual([]);
  });
});

test('the overview names every command with its sentence', async () => {
  const lines = (await printedOnTerminal(300, run, 'help')).out.split('\n').map((line) => line.trim());
  const text = lines.join(' ').replace(/ +/g, ' ');
  for (const { name, summary } of commands) expect(text).toContain(`${name} ${summary}`);
});

test('nothing at all is a wrong command line that shows what there is', async () => {
  expect(await printed(run)).toEqual({ ...(await printed(run, 'help')), code: 2 });
});

test.each<[string[], string]>([
  [['statd'], '"statd" is no command; did you mean "statsd"?'],
  [['statd', '--help'], '"statd" is no command; did you mean "statsd"?'],
  [['help', 'webhok'], '"webhok" is no command; did you mean "webhook"?'],
  [['help', 'qqqqqq'], '"qqqqqq" is no command'],
  [['help', 'list', 'check'], 'help: one command at a time'],
  [['--statsd.listen-udp=:1'], '"--statsd.listen-udp=:1" is no command'],
])('%j is refused', async (args, problem) => {
  expect(await printed(run, ...args)).toEqual({
    ...{ code: 2, out: '' },
    err: `metrics-sidecar: ${problem}\nTry "metrics-sidecar --help".\n`,
  });
});
