import { injectFlags } from '../contract/offline.ts';
import { parseFlags } from '../flags/parse.ts';
import { injectManifest } from '../offline/inject.ts';
import { knowledgeOf } from '../offline/knowledge.ts';
import { changeFiles, changeProblems } from './change-files.ts';
import { podTemplatePaths, readSettingsFile } from './engine-flags.ts';
import { exit } from './exit.ts';
import { operandProblems } from './inputs.ts';
import { fail, type Io } from './io.ts';
import { splitOperands } from './operands.ts';
import { version } from './version.ts';

/** `metrics-sidecar inject [FILE...]`: does to manifests what the webhook does to pods. */
export async function runInject(args: readonly string[], io: Io): Promise<number> {
  const { operands, flags } = splitOperands(injectFlags, args);
  const parsed = parseFlags(injectFlags, flags, io.env);
  const paths = podTemplatePaths(parsed.ok ? parsed.settings.podTemplatePath : []);
  const problems = [
    ...(parsed.ok ? changeProblems(parsed.settings, operands) : parsed.problems),
    ...(paths.ok ? [] : paths.problems),
    ...operandProblems('inject', operands, io),
  ];
  if (!parsed.ok || !paths.ok || problems.length > 0) return fail(io, 'inject', exit.usage, problems, true);
  const { settings } = parsed;
  const file = await readSettingsFile(settings.settings);
  if (!file.ok) return fail(io, 'inject', exit.input, file.problems);
  return changeFiles(
    'inject',
    operands,
    settings,
    (manifests) => {
      const knowledge = knowledgeOf({ flags: settings, file: file.value, version }, manifests);
      return (manifest) => injectManifest(manifest, paths.paths, knowledge);
    },
    io,
  );
}
