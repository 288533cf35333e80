import type { Io } from '../terminal/io.ts';
import { allCommands, ownCommands } from './command-table.ts';
import { runVersion } from './commands/version-command.ts';

/**
 * Runs one command line (without the program's name) to its end. The code of a command is loaded when it runs:
 * `version` takes hardly longer than Node itself.
 *
 * @param started gets the name of the command before it runs
 * @returns the exit code
 */
export async function run(
  args: readonly string[],
  io: Io,
  started: (command: string) => void = () => {},
): Promise<number> {
  const command = ownCommands.find(({ name }) => name === args[0]);
  if (command === undefined) return runKinds(args, io, started);
  started(command.name);
  if (asksForHelp(args)) {
    const { runHelp } = await import('./commands/help-command.ts');
    if (command.name !== 'help') return runHelp([command], [command.name], io);
    const topic = args.slice(1).filter((word) => !word.startsWith('-'));
    return runHelp(await allCommands(), topic, io);
  }
  return command.run(args.slice(1), io);
}

/** Runs the kinds of a command line. Only the bundles of the sidecar and of help know the names of the kinds. */
async function runKinds(args: readonly string[], io: Io, started: (command: string) => void): Promise<number> {
  if (args.every((argument) => argument.startsWith('-'))) return withoutCommand(args, io);
  if (asksForHelp(args)) return helpOfKind(args, io, started);
  const { kindToRun, runSidecar } = await import('../sidecar/sidecar.ts');
  const kind = kindToRun(args);
  if (kind === undefined) return withoutCommand(args, io);
  started(kind);
  // statsd_exporter has --version among its flags, so a sidecar has it too.
  if (args.includes('--version')) return runVersion([], io);
  return runSidecar(args, io);
}

/** Help comes without the sidecar's code. */
async function helpOfKind(args: readonly string[], io: Io, started: (command: string) => void): Promise<number> {
  const command = (await import('./kind-commands.ts')).kindCommand(args);
  if (command === undefined) return withoutCommand(args, io);
  started(command.name);
  return (await import('./commands/help-command.ts')).runHelp([command], [command.name], io);
}

/** A command line whose command is missing, unknown or not the first word. */
async function withoutCommand(args: readonly string[], io: Io): Promise<number> {
  if (args[0] === '--version') return runVersion(args.slice(1), io);
  const { chooseCommand, noCommand, runHelp } = await import('./commands/help-command.ts');
  const commands = await allCommands();
  if (args.length === 0) return chooseCommand(commands, io);
  const word = args.find((argument) => !argument.startsWith('-'));
  if (word === undefined && asksForHelp(args)) return runHelp(commands, [], io);
  return noCommand(commands, word ?? args[0]!, io);
}

function asksForHelp(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h');
}
