import { mkdir } from 'node:fs/promises';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { dirname } from 'node:path';
import { writeOutput } from '../files/write-file.ts';
import type { Completion, Result } from '../result/result.ts';
import { type HaproxySettings, haproxyConfig, portClash } from './config.ts';

/** HAProxy's configuration for this machine, or that two listeners are on one port. */
export function configText(settings: HaproxySettings): Result<string> {
  const problem = portClash(settings);
  if (problem !== undefined) return { ok: false, problem };
  return { ok: true, value: haproxyConfig(settings, { ipv6: hasIpv6(networkInterfaces()) }) };
}

/**
 * Writes HAProxy's configuration to a file, whole or not at all, readable for the user that HAProxy runs as; or into
 * the device or pipe that is there. The problem is one sentence.
 */
export async function writeConfig(file: string, text: string): Promise<Completion> {
  try {
    await mkdir(dirname(file), { recursive: true });
  } catch (error) {
    return { ok: false, problem: `cannot write ${file}: ${(error as Error).message}` };
  }
  // HAProxy's user is another one, so the umask must not narrow the mode.
  const written = await writeOutput(file, text, { mark: process.pid, mode: 0o644 });
  return written.ok ? written : { ok: false, problem: `cannot write ${written.problem}` };
}

/** Whether the pod has an IPv6 address that others reach; an IPv6 listener on a kernel without it fails. */
export function hasIpv6(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): boolean {
  return Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .some(({ family, internal, address }) => family === 'IPv6' && !internal && !/^fe[89ab]/i.test(address));
}
