import { uninjectFlags } from '../../contract/offline.ts';
import { uninjectManifest } from '../../offline/change/uninject-manifest.ts';
import type { Io } from '../../terminal/io.ts';
import { changeFiles, changeProblems } from './change-files.ts';
import { manifestArguments } from './manifest-arguments.ts';

/** `metrics-sidecar uninject [FILE...]`: takes out of manifests what `inject` put there. */
export async function runUninject(args: readonly string[], io: Io): Promise<number> {
  const given = manifestArguments('uninject', uninjectFlags, args, io, changeProblems);
  if (!given.ok) return given.code;
  const { settings, operands, paths } = given;
  return changeFiles('uninject', operands, settings, () => (manifest) => uninjectManifest(manifest, paths), io);
}
