import { version } from '../../runtime/version.ts';
import type { Io } from '../../terminal/io.ts';

/** `metrics-sidecar version`: one line. With flags more is loaded, and told. */
export async function runVersion(args: readonly string[], io: Io): Promise<number> {
  if (args.length > 0) return (await import('./versions.ts')).printVersions(args, io);
  io.out.write(`metrics-sidecar ${version}\n`);
  return 0;
}
