import { referenceFlags } from '../../contract/reference.ts';
import { parseFlags } from '../../flags/parse-flags.ts';
import type { Reference } from '../../reference/reference.ts';
import { jsonOf, markdownOf, tableOf, wholeOf } from '../../reference/render.ts';
import { version } from '../../runtime/version.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';
import { textWidth, widthOf } from '../../terminal/terminal.ts';
import { didYouMean } from '../../text/nearest.ts';

/** Prints a reference, or the entries that its one operand names. */
export function printReference<Entry>(reference: Reference<Entry>, args: readonly string[], io: Io): number {
  const parsed = parseFlags(referenceFlags, args, io.env, 'operands');
  const problems = parsed.ok ? [] : [...parsed.problems];
  const [word, ...more] = parsed.operands;
  problems.push(...more.map((one) => `unexpected argument ${JSON.stringify(one)}: one ${reference.one} at a time`));
  const match = word === undefined ? undefined : reference.find(word);
  if (match?.how === 'none') problems.push(unknown(reference, word!));
  if (!parsed.ok || problems.length > 0) return fail(io, reference.name, exit.usage, problems, true);
  const { output } = parsed.settings;
  const entries = match === undefined || match.how === 'none' ? undefined : match.entries;
  if (output === 'json') io.out.write(jsonOf(reference, version, entries));
  else if (output === 'markdown') io.out.write(markdownOf(reference, entries));
  else if (match?.how === 'one') io.out.write(wholeOf(reference, match.entries, textWidth(io.out)));
  else io.out.write(tableOf(reference, entries, widthOf(io.out)));
  return exit.ok;
}

function unknown<Entry>({ one, words, refusal }: Reference<Entry>, word: string): string {
  const why = refusal?.(word) ?? `is no ${one}${didYouMean(word, words)}`;
  return `${JSON.stringify(word)} ${why}`;
}
