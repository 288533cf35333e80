import type { engineFlags } from '../../contract/offline.ts';
import type { FlagTable, Settings } from '../../flags/flag.ts';
import { parseFlags } from '../../flags/parse-flags.ts';
import type { PodTemplatePath } from '../../manifest/pod-template-path.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';
import { operandProblems } from '../arguments/read-inputs.ts';
import { podTemplatePaths } from './engine-flags.ts';

type ManifestFlags = FlagTable & Pick<typeof engineFlags, 'podTemplatePath'>;

export type ManifestArguments<Table extends ManifestFlags> =
  | {
      readonly ok: true;
      readonly settings: Settings<Table>;
      readonly operands: readonly string[];
      readonly paths: readonly PodTemplatePath[];
    }
  /** All problems are printed; `code` is the exit code. */
  | { readonly ok: false; readonly code: number };

/**
 * Reads the arguments of a command that works on manifests.
 *
 * @param check finds further problems of settings and operands that are valid one by one
 */
export function manifestArguments<Table extends ManifestFlags>(
  command: string,
  table: Table,
  args: readonly string[],
  io: Io,
  check: (settings: Settings<Table>, operands: readonly string[]) => readonly string[] = () => [],
): ManifestArguments<Table> {
  const parsed = parseFlags(table, args, io.env, 'operands');
  const { operands } = parsed;
  const texts = parsed.ok ? (parsed.settings as Settings<ManifestFlags>).podTemplatePath : [];
  const paths = podTemplatePaths(texts);
  const problems = [
    ...(parsed.ok ? check(parsed.settings, operands) : parsed.problems),
    ...(paths.ok ? [] : paths.problems),
    ...operandProblems(command, operands, io),
  ];
  if (!parsed.ok || !paths.ok || problems.length > 0)
    return { ok: false, code: fail(io, command, exit.usage, problems, true) };
  return { ok: true, settings: parsed.settings, operands, paths: paths.value };
}
