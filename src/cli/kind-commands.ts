import { sidecarFlags } from '../contract/sidecar.ts';
import { firstKind } from '../kinds/kind-names.ts';
import { kinds } from '../kinds/kinds.ts';
import type { Command } from './arguments/command-definition.ts';

/** A command for each kind, which the sidecar runs. */
export const kindCommands: readonly Command[] = kinds.map(({ name, summary, flags }) => ({
  name,
  usage: `metrics-sidecar [SHARED FLAGS] ${name} [FLAGS] [+ KIND [FLAGS]]...`,
  summary,
  flags: async () => [
    [`Flags of ${name}`, flags],
    ['Shared flags', sidecarFlags],
  ],
  run: async (args, io) => (await import('../sidecar/sidecar.ts')).runSidecar(args, io),
}));

/** The command of the kind that a command line runs first. */
export function kindCommand(args: readonly string[]): Command | undefined {
  const kind = firstKind(args);
  return kindCommands.find(({ name }) => name === kind);
}
