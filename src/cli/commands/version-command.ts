import { version } from '../../runtime/version.ts';
import { exit } from '../../terminal/exit.ts';
import type { Io } from '../../terminal/io.ts';

/** The version of statsd_exporter whose flags, mapping files and metrics the program takes over. */
const statsdExporter = '0.30.0';

/**
 * `metrics-sidecar version`: one line, or with `-o json` also the platform. The parser of flags is loaded only where
 * there are flags: without them the command takes hardly longer than Node itself.
 */
export async function runVersion(args: readonly string[], io: Io): Promise<number> {
  if (args.length === 0) return printLine(io);
  const [{ versionFlags }, { parseFlags }, { fail }] = await Promise.all([
    import('../../contract/reference.ts'),
    import('../../flags/parse-flags.ts'),
    import('../../terminal/io.ts'),
  ]);
  const parsed = parseFlags(versionFlags, args, io.env);
  if (!parsed.ok) return fail(io, 'version', exit.usage, parsed.problems, true);
  if (parsed.settings.output === 'text') return printLine(io);
  const { platform, arch, versions } = process;
  // Programs read this: fields are only ever added.
  const facts = { version, node: versions.node, platform, arch, statsd_exporter: statsdExporter };
  io.out.write(`${JSON.stringify(facts, null, 2)}\n`);
  return exit.ok;
}

function printLine(io: Io): number {
  io.out.write(`metrics-sidecar ${version}\n`);
  return exit.ok;
}
