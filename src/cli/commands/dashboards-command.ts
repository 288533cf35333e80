import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { dashboardsFlags } from '../../contract/monitoring.ts';
import { writeOutput } from '../../files/write-file.ts';
import { parseFlags } from '../../flags/parse-flags.ts';
import { allDashboards, dashboardFile } from '../../monitoring/all-dashboards.ts';
import type { Dashboard } from '../../monitoring/dashboards/dashboard.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';
import { didYouMean } from '../../text/nearest.ts';

/** `metrics-sidecar dashboards [NAME]`: lists the Grafana dashboards, prints one, or writes them into a directory. */
export async function runDashboards(args: readonly string[], io: Io): Promise<number> {
  const name = args[0]?.startsWith('-') === false ? args[0] : undefined;
  const parsed = parseFlags(dashboardsFlags, name === undefined ? args : args.slice(1), io.env);
  if (!parsed.ok) return fail(io, 'dashboards', exit.usage, parsed.problems, true);
  const { all, output } = parsed.settings;
  const dashboards = await allDashboards();
  const usage = (problem: string) => fail(io, 'dashboards', exit.usage, [problem], true);
  if (all && name !== undefined) return usage(`${JSON.stringify(name)}: --all takes no name`);
  if (all && output === undefined) return usage('--all: needs --output, the directory to write them into');
  if (!all && name === undefined) {
    return output === undefined ? list(dashboards, io) : usage('--output: needs the name of a dashboard, or --all');
  }
  const chosen = dashboards.filter((dashboard) => all || dashboard.name === name);
  if (chosen.length === 0) {
    const names = dashboards.map((dashboard) => dashboard.name);
    return usage(`${JSON.stringify(name)} is no dashboard${didYouMean(name!, names)}`);
  }
  if (output !== undefined) return write(chosen, output, io);
  io.out.write(dashboardFile(chosen[0]!));
  return exit.ok;
}

function list(dashboards: readonly Dashboard[], io: Io): number {
  const width = Math.max(...dashboards.map(({ name }) => name.length));
  for (const { name, description } of dashboards) io.out.write(`${name.padEnd(width)}  ${description}\n`);
  return exit.ok;
}

async function write(chosen: readonly Dashboard[], directory: string, io: Io): Promise<number> {
  try {
    await mkdir(directory, { recursive: true });
    for (const dashboard of chosen) {
      const file = join(directory, `${dashboard.name}.json`);
      const written = await writeOutput(file, dashboardFile(dashboard), { mark: process.pid });
      if (!written.ok) return fail(io, 'dashboards', exit.input, [written.problem]);
      io.err.write(`metrics-sidecar: wrote ${file}\n`);
    }
    return exit.ok;
  } catch (error) {
    return fail(io, 'dashboards', exit.input, [(error as Error).message]);
  }
}
