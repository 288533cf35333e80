import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../free-port.ts';
import { eventually } from './eventually.ts';

/** A program that runs beside the cluster; `stop` ends it and waits for that. */
export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

/** A target as the agent reports it: `labels` are those of its series, `discoveredLabels` what it was made of. */
interface ReportedTarget {
  readonly labels: Readonly<Record<string, string>>;
  readonly discoveredLabels: Readonly<Record<string, string>>;
  readonly scrapeUrl: string;
  readonly health: string;
  readonly lastError: string;
}

export interface Targets {
  readonly active: readonly ReportedTarget[];
  /** Labels before relabelling of what the relabelling dropped. */
  readonly dropped: readonly Readonly<Record<string, string>>[];
}

/** Something that scrapes by a configuration as Prometheus reads it. */
export interface Agent {
  readonly name: string;
  start(configuration: string): Promise<Running>;
}

/** The API server without a password, for whatever takes an address only; `url` has no slash at its end. */
export async function startApiProxy(): Promise<Running> {
  const child = spawn('kubectl', ['proxy', '--port=0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /Starting to serve on (\S+)/.exec(line)?.[1];
    if (address !== undefined) return { url: `http://${address}`, stop: () => end(child) };
  }
  throw new Error('kubectl proxy ended');
}

export const prometheus: Agent = {
  name: 'prometheus',
  start: (configuration) =>
    startAgent(configuration, 'prometheus', '/-/ready', ({ file, folder, listen }) => [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${listen}`,
    ]),
};

export const vmagent: Agent = {
  name: 'vmagent',
  start: async (configuration) => {
    const sink = await startSink();
    const agent = await startAgent(configuration, 'vmagent', '/-/healthy', ({ file, folder, listen }) => [
      `-promscrape.config=${file}`,
      // What an operator writes for Prometheus has keys that this agent has not heard of.
      '-promscrape.config.strictParse=false',
      '-promscrape.kubernetesSDCheckInterval=1s',
      '-promscrape.maxDroppedTargets=100000',
      `-httpListenAddr=${listen}`,
      `-remoteWrite.url=${sink.url}`,
      `-remoteWrite.tmpDataPath=${join(folder, 'data')}`,
    ]);
    return { url: agent.url, stop: async () => void (await Promise.all([agent.stop(), sink.stop()])) };
  },
};

/** What the agent scrapes and what it left out; both programs answer alike. */
export async function targetsOf({ url }: Running): Promise<Targets> {
  const response = await fetch(`${url}/api/v1/targets?state=any`);
  const { data } = (await response.json()) as {
    data: { activeTargets?: ReportedTarget[]; droppedTargets?: { discoveredLabels: Record<string, string> }[] };
  };
  const dropped = (data.droppedTargets ?? []).map(({ discoveredLabels }) => discoveredLabels);
  return { active: data.activeTargets ?? [], dropped };
}

interface Places {
  readonly file: string;
  readonly folder: string;
  readonly listen: string;
}

async function startAgent(
  configuration: string,
  program: string,
  ready: string,
  args: (places: Places) => string[],
): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), `metrics-sidecar-${program}-`));
  const file = join(folder, 'configuration.yml');
  await writeFile(file, configuration);
  const listen = `127.0.0.1:${await freePort()}`;
  const child = spawn(program, args({ file, folder, listen }), { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (log += text));
  const stop = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`${program} ended`);
      const { status } = await fetch(`http://${listen}${ready}`);
      if (status !== 200) throw new Error(`${program} answers ${status}`);
    }, 20);
  } catch (error) {
    await stop();
    throw new Error(`${program} did not start:\n${log}`, { cause: error });
  }
  return { url: `http://${listen}`, stop };
}

/** Takes whatever is written to it. */
async function startSink(): Promise<Running> {
  const server = createServer((request, response) => request.resume().once('end', () => response.writeHead(204).end()));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/write`, stop };
}

/** Ends a program by SIGTERM, and waits for it. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}
