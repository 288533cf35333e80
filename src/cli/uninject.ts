import { uninjectFlags } from '../contract/offline.ts';
import { parseFlags } from '../flags/parse.ts';
import { uninjectManifest } from '../offline/uninject.ts';
import { changeFiles, changeProblems } from './change-files.ts';
import { podTemplatePaths } from './engine-flags.ts';
import { exit } from './exit.ts';
import { operandProblems } from './inputs.ts';
import { fail, type Io } from './io.ts';
import { splitOperands } from './operands.ts';

/** `metrics-sidecar uninject [FILE...]`: takes out of manifests what `inject` put there. */
export async function runUninject(args: readonly string[], io: Io): Promise<number> {
  const { operands, flags } = splitOperands(uninjectFlags, args);
  const parsed = parseFlags(uninjectFlags, flags, io.env);
  const paths = podTemplatePaths(parsed.ok ? parsed.settings.podTemplatePath : []);
  const problems = [
    ...(parsed.ok ? changeProblems(parsed.settings, operands) : parsed.problems),
    ...(paths.ok ? [] : paths.problems),
    ...operandProblems('uninject', operands, io),
  ];
  if (!parsed.ok || !paths.ok || problems.length > 0) return fail(io, 'uninject', exit.usage, problems, true);
  return changeFiles(
    'uninject',
    operands,
    parsed.settings,
    () => (manifest) => uninjectManifest(manifest, paths.paths),
    io,
  );
}
