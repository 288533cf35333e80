import { isKind } from '../contract/command.ts';
import { didYouMean } from '../flags/nearest.ts';
import { type Command, commands } from './commands.ts';
import { exit } from './exit.ts';
import { helpOf, overview } from './help.ts';
import { fail, type Io } from './io.ts';

/** Runs one command line (without the program's name) to its end and says with which code to exit. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const command = commandOf(args);
  if (args.includes('--help') || args.includes('-h') || args[0] === 'help' || args.length === 0) {
    const named = args[0] === 'help' ? byName(args[1]) : command;
    io.out.write(named === undefined ? overview() : await helpOf(named));
    return args.length === 0 ? exit.usage : exit.ok;
  }
  if (args[0] === '--version') return byName('version')!.run([], io);
  if (command === undefined) {
    const word = args.find((argument) => !argument.startsWith('-')) ?? args[0]!;
    const names = commands.map(({ name }) => name);
    const problem = `${JSON.stringify(word)} is no command${didYouMean(word, names)}`;
    return fail(io, '', exit.usage, [problem], true);
  }
  return command.run(isKind(command.name) ? args : args.slice(1), io);
}

/** The command is the first word; before the first kind of a sidecar shared flags may stand. */
function commandOf(args: readonly string[]): Command | undefined {
  return byName(args[0]) ?? (args[0]?.startsWith('--') ? byName(args.find(isKind)) : undefined);
}

function byName(word: string | undefined): Command | undefined {
  return commands.find(({ name }) => name === word);
}
