import { haproxyFlags } from '../../contract/haproxy.ts';
import { parseFlags } from '../../flags/parse-flags.ts';
import { configText, writeConfig } from '../../haproxy/write-config.ts';
import { exit } from '../../terminal/exit.ts';
import { fail, type Io } from '../../terminal/io.ts';

/** `metrics-sidecar haproxy-config`: writes HAProxy's configuration to a file, or prints it. */
export async function runHaproxyConfig(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseFlags(haproxyFlags, args, io.env);
  if (!parsed.ok) return fail(io, 'haproxy-config', exit.usage, parsed.problems, true);
  const { configFile } = parsed.settings;
  const config = configText(parsed.settings);
  if (!config.ok) return fail(io, 'haproxy-config', exit.input, [config.problem]);
  if (configFile === '-') {
    io.out.write(config.value);
    return exit.ok;
  }
  const written = await writeConfig(configFile, config.value);
  if (!written.ok) return fail(io, 'haproxy-config', exit.input, [written.problem]);
  io.err.write(`metrics-sidecar: wrote ${configFile}\n`);
  return exit.ok;
}
