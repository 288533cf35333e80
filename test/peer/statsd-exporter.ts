import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A running statsd_exporter. */
export interface Peer {
  readonly udp: number;
  readonly tcp: number;
  readonly process: ChildProcess;
  /** The page; undefined where it has none to give (an error, or the process is dead). */
  page(): Promise<string | undefined>;
  stop(): Promise<void>;
}

/** Starts it on free ports of loopback and waits until it answers. */
export async function startPeer(program: string, flags: readonly string[], mapping?: string): Promise<Peer> {
  const [web, udp, tcp] = await Promise.all([freePort(), freePort(), freePort()]);
  const folder = mkdtempSync(join(tmpdir(), 'statsd-peer-'));
  const args = [
    `--web.listen-address=127.0.0.1:${web}`,
    `--statsd.listen-udp=127.0.0.1:${udp}`,
    `--statsd.listen-tcp=127.0.0.1:${tcp}`,
    ...flags,
  ];
  if (mapping !== undefined) {
    writeFileSync(join(folder, 'mapping.yml'), mapping);
    args.push(`--statsd.mapping-config=${join(folder, 'mapping.yml')}`);
  }
  const child = spawn(program, args, { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const page = async () => {
    const response = await fetch(`http://127.0.0.1:${web}/metrics`).catch(() => undefined);
    return response?.ok ? response.text() : undefined;
  };
  while (child.exitCode === null && (await page()) === undefined)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return {
    ...{ udp, tcp, process: child, page },
    async stop() {
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
