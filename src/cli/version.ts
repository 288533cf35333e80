import type { Io } from './io.ts';

/** The version of the program; `test/release/version.test.ts` holds it against `package.json`. */
export const version = '0.1.0';

/** `metrics-sidecar version`: one line. With flags more is loaded, and told. */
export async function runVersion(args: readonly string[], io: Io): Promise<number> {
  if (args.length > 0) return (await import('./versions.ts')).printVersions(args, io);
  io.out.write(`metrics-sidecar ${version}\n`);
  return 0;
}
