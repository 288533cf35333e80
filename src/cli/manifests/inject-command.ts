import { injectFlags } from '../../contract/offline.ts';
import { injectManifest } from '../../offline/change/inject-manifest.ts';
import { clusterContextOf } from '../../offline/evaluate/cluster-context.ts';
import { version } from '../../runtime/version.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';
import { changeFiles, changeProblems } from './change-files.ts';
import { readSettingsFile } from './engine-flags.ts';
import { manifestArguments } from './manifest-arguments.ts';

/** `metrics-sidecar inject [FILE...]`: changes manifests as the webhook changes pods. */
export async function runInject(args: readonly string[], io: Io): Promise<number> {
  const read = manifestArguments('inject', injectFlags, args, io, changeProblems);
  if (!read.ok) return read.code;
  const { settings, operands, paths } = read;
  const file = await readSettingsFile(settings.settings);
  if (!file.ok) return fail(io, 'inject', exit.input, file.problems);
  return changeFiles(
    'inject',
    operands,
    settings,
    (manifests) => {
      const cluster = clusterContextOf({ flags: settings, file: file.value, version }, manifests);
      return (manifest) => injectManifest(manifest, paths, cluster);
    },
    io,
  );
}
