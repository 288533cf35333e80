// Runs one receiver of statsd lines under one load: what bench/statsd.ts takes the medians of. Linux only.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { parseUdpSockets } from '../src/statsd/receive/udp/proc-net-udp.ts';
import { cpuTime, idle } from './cpu-time.ts';
import { mappingOf } from './statsd-lines.ts';
import type { Load, Sent } from './statsd-load.ts';

export interface Scenario extends Omit<Load, 'port'> {
  /** Flags of ours. */
  readonly flags?: readonly string[];
  /** Limits of ours; undefined: none that is reached. */
  readonly limits?: readonly string[];
}

/** What was measured; per line where nothing else is said. */
export interface Result {
  /** CPU µs of all threads. */
  readonly cpu: number;
  readonly linesPerSecond: number;
  /** Of the lines sent, the part that was not counted. */
  readonly lost: number;
  /** Datagrams that the kernel dropped, as it says itself. */
  readonly drops: number;
  /** Resident, in MB. */
  readonly rss: number;
}

/** Whose program is measured, and where it is. */
export type Receiver = { readonly who: 'ours' | 'peer'; readonly program: string };

const noLimits = ['--limit.series=1000000', '--limit.series-per-family=1000000', '--limit.families=100000'];

export async function measure(scenario: Scenario, receiver: Receiver, index: number): Promise<Result> {
  const [web, port] = [19_500 + (index % 250) * 2, 19_501 + (index % 250) * 2];
  const directory = mkdtempSync(join(tmpdir(), 'bench-statsd-'));
  const child = start(scenario, receiver, web, port, directory);
  const pid = child.pid!;
  try {
    while (Number.isNaN(await linesTotal(web).catch(() => Number.NaN))) {
      if (child.exitCode !== null) throw new Error(`${receiver.program} ended with code ${child.exitCode}`);
      await setTimeout(20);
    }
    // Once for the compiler and the first sight of every series; slowly enough that all of them arrive.
    await send({ ...scenario, port, lines: Math.min(scenario.lines, 200_000) });
    await quiet(pid);
    const before = { lines: await linesTotal(web), cpu: cpuTime(pid), drops: kernelDrops(port) };
    const { lines, seconds } = await send({ ...scenario, port });
    await quiet(pid);
    const cpu = cpuTime(pid) - before.cpu;
    const drops = kernelDrops(port) - before.drops;
    const counted = (await linesTotal(web)) - before.lines;
    const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
    return { cpu: (cpu * 1000) / counted, linesPerSecond: counted / seconds, lost: 1 - counted / lines, drops, rss };
  } finally {
    if (child.kill('SIGKILL')) await once(child, 'exit');
    rmSync(directory, { recursive: true });
  }
}

function start(
  { shape, flags = [], limits = noLimits }: Scenario,
  { who, program }: Receiver,
  web: number,
  port: number,
  directory: string,
): ChildProcess {
  const mapping = mappingOf(shape);
  const file = join(directory, 'mapping.yml');
  if (mapping !== undefined) writeFileSync(file, mapping);
  const args = [
    `--web.listen-address=127.0.0.1:${web}`,
    `--statsd.listen-udp=127.0.0.1:${port}`,
    `--statsd.listen-tcp=127.0.0.1:${port}`,
    ...(mapping === undefined ? [] : [`--statsd.mapping-config=${file}`]),
  ];
  if (who === 'peer') return spawn(program, [...args, '--log.level=error'], { stdio: 'ignore' });
  // As in the image.
  const node = ['--max-semi-space-size=2', program];
  return spawn(process.execPath, [...node, ...limits, '--shutdown.grace-period=0s', 'statsd', ...args, ...flags], {
    stdio: 'ignore',
  });
}

/** statsd_exporter's own tick costs some hundred microseconds each 200 ms. */
function quiet(pid: number): Promise<void> {
  return idle(pid, 5, 250);
}

async function linesTotal(web: number): Promise<number> {
  const page = await (await fetch(`http://127.0.0.1:${web}/metrics`)).text();
  return Number(/^statsd_exporter_lines_total (\S+)$/m.exec(page)?.[1] ?? Number.NaN);
}

/** Of all sockets on a port. */
function kernelDrops(port: number): number {
  return parseUdpSockets(readFileSync('/proc/net/udp', 'utf8'))
    .filter((socket) => socket.port === port)
    .reduce((sum, socket) => sum + socket.drops, 0);
}

async function send(load: Load): Promise<Sent> {
  const generator = join(import.meta.dirname, 'statsd-load.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [generator, JSON.stringify(load)]);
  return JSON.parse(stdout) as Sent;
}
