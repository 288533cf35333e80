import { versionFlags } from '../../contract/reference.ts';
import { parseFlags } from '../../flags/parse-flags.ts';
import { version } from '../../runtime/version.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';

/** The version of statsd_exporter whose flags, mapping files and metrics are taken over. */
const statsdExporter = '0.30.0';

/** `metrics-sidecar version` with flags: the version, and with `-o json` what it runs on. */
export async function printVersions(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseFlags(versionFlags, args, io.env);
  if (!parsed.ok) return fail(io, 'version', exit.usage, parsed.problems, true);
  if (parsed.settings.output === 'text') {
    io.out.write(`metrics-sidecar ${version}\n`);
    return exit.ok;
  }
  const { platform, arch, versions } = process;
  // For programs; fields are added to it, never taken away.
  const told = { version, node: versions.node, platform, arch, statsd_exporter: statsdExporter };
  io.out.write(`${JSON.stringify(told, null, 2)}\n`);
  return exit.ok;
}
