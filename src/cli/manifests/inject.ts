import { injectFlags } from '../../contract/offline.ts';
import { injectManifest } from '../../offline/change/inject-manifest.ts';
import { knowledgeOf } from '../../offline/evaluate/cluster-context.ts';
import { version } from '../../runtime/version.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';
import { changeFiles, changeProblems } from './change-files.ts';
import { readSettingsFile } from './engine-flags.ts';
import { manifestArguments } from './manifest-arguments.ts';

/** `metrics-sidecar inject [FILE...]`: does to manifests what the webhook does to pods. */
export async function runInject(args: readonly string[], io: Io): Promise<number> {
  const given = manifestArguments('inject', injectFlags, args, io, changeProblems);
  if (!given.ok) return given.code;
  const { settings, operands, paths } = given;
  const file = await readSettingsFile(settings.settings);
  if (!file.ok) return fail(io, 'inject', exit.input, file.problems);
  return changeFiles(
    'inject',
    operands,
    settings,
    (manifests) => {
      const knowledge = knowledgeOf({ flags: settings, file: file.value, version }, manifests);
      return (manifest) => injectManifest(manifest, paths, knowledge);
    },
    io,
  );
}
