import type { Completes } from '../../flags/codec.ts';
import type { FlagTable } from '../../flags/flag.ts';
import type { Io } from '../../terminal/io.ts';

/** A command of the program. Its code is loaded when it runs, so that a sidecar holds nothing of the webhook. */
export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  /** Groups of flags for help and docs, each under its title. */
  readonly flags: () => Promise<readonly (readonly [title: string, table: FlagTable])[]>;
  /** The operands that a shell can complete: some words, or files; absent if the shell has nothing to propose. */
  readonly operands?: () => Promise<Completes>;
  /**
   * @param args the words behind the command's name; a sidecar gets the whole command line
   * @returns the exit code
   */
  readonly run: (args: readonly string[], io: Io) => Promise<number>;
}
