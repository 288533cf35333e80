import type { Shell } from '../contract/reference.ts';
import { sidecarFlags } from '../contract/sidecar.ts';
import type { Completes } from '../flags/codec.ts';
import type { Flag } from '../flags/flag.ts';
import { isKind, kindNames } from '../kinds/kind-names.ts';
import { bashCompletion } from './completion-bash.ts';
import { fishCompletion } from './completion-fish.ts';
import type { Completion, Offer } from './completion-scope.ts';
import { zshCompletion } from './completion-zsh.ts';

/** A command as completion has to know it. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly Flag<unknown>[];
  /** What it works on; undefined where nobody can know. */
  readonly operands: Completes | undefined;
}

const help: Offer = { name: 'help', short: 'h', doc: 'Show the usage and the flags.' };
const version: Offer = { name: 'version', short: undefined, doc: 'Print the version.' };

/**
 * A script that completes commands, flags, their closed values and files, kinds and their segments. It holds all words
 * itself: to start the program for each of them would take longer than a person waits for a key.
 */
export function completionOf(shell: Shell, commands: readonly CompletedCommand[]): string {
  const before = [...Object.values(sidecarFlags).map(offer), help, version];
  const completion: Completion = {
    commands,
    kinds: commands.map(({ name }) => name).filter(isKind),
    scopes: [
      { name: '', offers: before, operands: commands.map(({ name }) => name) },
      ...commands.map(({ name, flags, operands }) => ({ name, offers: [...flags.map(offer), help], operands })),
      { name: '+', offers: [], operands: kindNames },
    ],
  };
  const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };
  return scripts[shell](completion);
}

function offer({ name, short, codec, default: standard, doc }: Flag<unknown>): Offer {
  const [sentence = ''] = doc.split(/(?<=\.) /);
  if (typeof standard === 'boolean') return { name: standard ? `no-${name}` : name, short, doc: sentence };
  return { name, short, doc: sentence, value: codec.completes ?? 'any' };
}
