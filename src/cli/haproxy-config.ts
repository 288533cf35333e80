import { haproxyFlags } from '../contract/haproxy.ts';
import { parseFlags } from '../flags/parse.ts';
import { writeConfig } from '../haproxy/write-config.ts';
import { exit } from './exit.ts';
import { fail, type Io } from './io.ts';

/** `metrics-sidecar haproxy-config`: writes HAProxy's configuration where HAProxy will read it. */
export async function runHaproxyConfig(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseFlags(haproxyFlags, args, io.env);
  if (!parsed.ok) return fail(io, 'haproxy-config', exit.usage, parsed.problems, true);
  const written = await writeConfig(parsed.settings);
  if (!written.ok) return fail(io, 'haproxy-config', exit.input, [written.problem]);
  io.err.write(`metrics-sidecar: wrote ${parsed.settings.configFile}\n`);
  return exit.ok;
}
