import { uninjectFlags } from '../../contract/offline.ts';
import { uninjectManifest } from '../../offline/change/uninject-manifest.ts';
import type { Io } from '../../terminal/io.ts';
import { changeFiles, changeProblems } from './change-files.ts';
import { manifestArguments } from './manifest-arguments.ts';

/** `metrics-sidecar uninject [FILE...]`: removes from manifests everything that `inject` added. */
export async function runUninject(args: readonly string[], io: Io): Promise<number> {
  const read = manifestArguments('uninject', uninjectFlags, args, io, changeProblems);
  if (!read.ok) return read.code;
  const { settings, operands, paths } = read;
  return changeFiles('uninject', operands, settings, () => (manifest) => uninjectManifest(manifest, paths), io);
}
