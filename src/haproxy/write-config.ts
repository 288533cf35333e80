import { mkdir, open, rename, rm } from 'node:fs/promises';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { dirname } from 'node:path';
import { type HaproxySettings, haproxyConfig, portClash } from './config.ts';

export type WrittenConfig = { readonly ok: true } | { readonly ok: false; readonly problem: string };

/**
 * Writes HAProxy's configuration to `haproxy.config-file`, whole or not at all, readable for the user that HAProxy runs
 * as. The problem is one sentence: two listeners on one port, or what the file system said.
 */
export async function writeConfig(settings: HaproxySettings): Promise<WrittenConfig> {
  const clash = portClash(settings);
  if (clash !== undefined) return { ok: false, problem: clash };
  const file = settings.configFile;
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeWhole(temporary, haproxyConfig(settings, { ipv6: hasIpv6(networkInterfaces()) }));
    await rename(temporary, file);
    return { ok: true };
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    return { ok: false, problem: `cannot write ${file}: ${(error as Error).message}` };
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(text);
    // Not as the mode of open(), which the umask narrows: HAProxy's user is another one.
    await file.chmod(0o644);
  } finally {
    await file.close();
  }
}

/** Whether the pod has an IPv6 address that others reach; an IPv6 listener on a kernel without it fails. */
export function hasIpv6(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): boolean {
  return Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .some(({ family, internal, address }) => family === 'IPv6' && !internal && !/^fe[89ab]/i.test(address));
}
