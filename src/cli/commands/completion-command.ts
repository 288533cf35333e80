import { type Shell, shells } from '../../contract/reference.ts';
import { completionOf } from '../../reference/completion.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';
import { didYouMean } from '../../text/nearest.ts';
import type { Command } from '../arguments/command-definition.ts';

/** `metrics-sidecar completion SHELL`: prints a completion script for all commands and their flags. */
export async function runCompletion(commands: readonly Command[], args: readonly string[], io: Io): Promise<number> {
  const [word, ...more] = args;
  if (word === undefined || more.length > 0 || !isShell(word)) {
    const choice = `one of ${shells.join(', ')}`;
    const problem =
      word === undefined || more.length > 0
        ? `which shell? ${choice}`
        : `${JSON.stringify(word)} is no shell that is known: ${choice}${didYouMean(word, shells)}`;
    return fail(io, 'completion', exit.usage, [problem], true);
  }
  const completed = commands.map(async ({ name, summary, flags, operands }) => ({
    name,
    summary,
    flags: (await flags()).flatMap(([, table]) => Object.values(table)),
    operands: await operands?.(),
  }));
  io.out.write(completionOf(word, await Promise.all(completed)));
  return exit.ok;
}

function isShell(word: string): word is Shell {
  return (shells as readonly string[]).includes(word);
}
