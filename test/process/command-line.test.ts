import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { allCommands } from '../../src/cli/command-table.ts';
import { version } from '../../src/runtime/version.ts';
import { runToEnd } from './program.ts';

const commands = await allCommands();

test.each([['version'], ['--version']])('%s', async (argument) => {
  expect(await runToEnd(argument)).toEqual({ code: 0, out: `metrics-sidecar ${version}\n`, err: '' });
});

test.each([[], ['--help'], ['-h'], ['help']])('the overview names every command: %j', async (...args) => {
  const { code, out, err } = await runToEnd(...args.filter((argument) => typeof argument === 'string'));
  expect({ code, err }).toEqual({ code: args[0] === undefined ? 2 : 0, err: '' });
  // A sentence may have more than one line.
  const text = out.replace(/\s+/g, ' ');
  for (const { name, summary } of commands) expect(text).toContain(` ${name} ${summary} `);
});

test.each(commands.map(({ name }) => name))('%s --help shows every flag', async (name) => {
  const { code, out, err } = await runToEnd(name, '--help');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const groups = await commands.find((command) => command.name === name)!.flags();
  for (const [, table] of groups) {
    for (const flag of Object.values(table))
      expect(out).toMatch(new RegExp(`^  --(\\[no-\\])?${flag.name.replaceAll('.', '\\.')}`, 'm'));
  }
});

test.each<[string[], string[]]>([
  [['statd'], ['metrics-sidecar: "statd" is no command; did you mean "statsd"?', 'Try "metrics-sidecar --help".']],
  [
    ['statsd', '--statsd.cache-size=x', '+', 'ingset'],
    [
      'metrics-sidecar: statsd: --statsd.cache-size: "x" is not a whole number from 0 to 10000000',
      'metrics-sidecar: "ingset" is no kind; did you mean "ingest"?',
      'Try "metrics-sidecar statsd --help".',
    ],
  ],
  [
    ['webhook', '--bodylimit=1'],
    ['metrics-sidecar: --bodylimit: no such flag; did you mean "body-limit"?', 'Try "metrics-sidecar webhook --help".'],
  ],
])('%j is refused with every problem and exit code 2', async (args, lines) => {
  expect(await runToEnd(...args)).toEqual({ code: 2, out: '', err: `${lines.join('\n')}\n` });
});

test('an address in use is one sentence and exit code 3', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  const ended = await runToEnd('port-monitor', `--web.listen-address=127.0.0.1:${port}`);
  taken.close();
  expect(ended).toMatchObject({
    code: 3,
    err: `metrics-sidecar: --web.listen-address: cannot listen on 127.0.0.1:${port}: the address is in use\n`,
  });
});
