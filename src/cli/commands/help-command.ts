import { helpLines } from '../../flags/flag-help.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';
import { textWidth } from '../../terminal/terminal.ts';
import { didYouMean } from '../../text/nearest.ts';
import { wrap } from '../../text/wrap.ts';
import type { Command } from '../arguments/command-definition.ts';

/** `metrics-sidecar help [COMMAND]`: lists the commands, or shows the usage and the flags of one. */
export async function runHelp(commands: readonly Command[], args: readonly string[], io: Io): Promise<number> {
  const [word, ...more] = args;
  if (more.length > 0) return fail(io, '', exit.usage, ['help: one command at a time'], true);
  if (word === undefined) {
    io.out.write(overview(commands, textWidth(io.out)));
    return exit.ok;
  }
  const command = commands.find(({ name }) => name === word);
  if (command === undefined) return noCommand(commands, word, io);
  io.out.write(await helpOf(command, textWidth(io.out)));
  return exit.ok;
}

/** The error about a word that is no command, with the most similar command. */
export function noCommand(commands: readonly Command[], word: string, io: Io): number {
  const names = commands.map(({ name }) => name);
  return fail(io, '', exit.usage, [`${JSON.stringify(word)} is no command${didYouMean(word, names)}`], true);
}

/** Without an argument: the list of commands, and the exit code of a wrong command line. */
export async function chooseCommand(commands: readonly Command[], io: Io): Promise<number> {
  await runHelp(commands, [], io);
  return exit.usage;
}

/** All commands with their summaries, at most `width` columns wide. */
function overview(commands: readonly Command[], width: number): string {
  const names = Math.max(...commands.map(({ name }) => name.length)) + 4;
  const rows = commands.flatMap(({ name, summary }) =>
    wrap(summary, width - names).map((line, i) => (i === 0 ? `  ${name}` : '').padEnd(names) + line),
  );
  return [
    ...wrap('metrics-sidecar: annotate a Kubernetes pod, get a Prometheus endpoint.', width),
    '',
    'Usage: metrics-sidecar COMMAND [FLAGS]',
    '',
    ...rows,
    '',
    ...wrap('Kinds run together in one process behind one page, joined by "+":', width),
    '  metrics-sidecar statsd --statsd.listen-udp=:8125 + ingest + port-monitor',
    '',
    ...wrap('metrics-sidecar COMMAND --help, or help COMMAND, shows the flags of a command.', width),
    ...wrap(
      'Exit codes: 0 ok, 1 findings, 2 wrong command line, 3 unusable input, 4 cluster unreachable, 70 internal error.',
      width,
    ),
    '',
  ].join('\n');
}

/** The summary, usage and flags of a command, at most `width` columns wide. */
export async function helpOf(command: Command, width = 100): Promise<string> {
  const groups = await command.flags();
  return [
    ...wrap(command.summary, width),
    '',
    `Usage: ${command.usage}`,
    ...groups.flatMap(([title, table]) => ['', `${title}:`, ...helpLines(table, width)]),
    '',
  ].join('\n');
}
