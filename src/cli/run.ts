import { isKind } from '../contract/names.ts';
import type { Io } from '../terminal/io.ts';
import type { Command } from './arguments/command.ts';
import { commands } from './command-table.ts';
import { runVersion } from './commands/print-version.ts';

/**
 * Runs one command line (without the program's name) to its end and says with which code to exit. What a command needs
 * is loaded when it is known which one runs: `version` takes hardly longer than Node itself.
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const command = commandOf(args);
  if (command === undefined) return withoutCommand(args, io);
  const isSidecar = isKind(command.name);
  if (asksForHelp(args)) {
    const asked = command.name === 'help' ? args.slice(1).filter((word) => !word.startsWith('-')) : [command.name];
    return (await import('./commands/help.ts')).runHelp(commands, asked, io);
  }
  // Among the flags of a sidecar too, where statsd_exporter has it.
  if (isSidecar && args.includes('--version')) return runVersion([], io);
  return command.run(isSidecar ? args : args.slice(1), io);
}

/** No word of the line is a command of ours, or it stands where none can. */
async function withoutCommand(args: readonly string[], io: Io): Promise<number> {
  if (args[0] === '--version') return runVersion(args.slice(1), io);
  const { chooseCommand, noCommand, runHelp } = await import('./commands/help.ts');
  if (args.length === 0) return chooseCommand(commands, io);
  const word = args.find((argument) => !argument.startsWith('-'));
  if (word === undefined && asksForHelp(args)) return runHelp(commands, [], io);
  return noCommand(commands, word ?? args[0]!, io);
}

function asksForHelp(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h');
}

/** The command is the first word; before the first kind of a sidecar shared flags may stand. */
function commandOf(args: readonly string[]): Command | undefined {
  return byName(args[0]) ?? (args[0]?.startsWith('--') ? byName(args.find(isKind)) : undefined);
}

function byName(word: string | undefined): Command | undefined {
  return commands.find(({ name }) => name === word);
}
