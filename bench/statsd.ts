// What a statsd line costs the process that receives it, over TCP and UDP, from a generator in a process of its own:
//
//   node bench/statsd.ts [--peer PATH] [--rounds N] [--program PATH] [SCENARIO ...]
//
// CPU is what the kernel accounts to all threads of the receiver (/proc/PID/task/*/schedstat), from before the first line until it is
// idle again. `--peer` runs the real statsd_exporter under the same load, in turns; `--program` another build of ours
// (dist/main.js). Linux only.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import type { Load, Sent } from './statsd-load.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peer: { type: 'string' },
    rounds: { type: 'string', default: '1' },
    program: { type: 'string', default: join(import.meta.dirname, '../src/main.ts') },
  },
});

type Scenario = Omit<Load, 'port'>;
const tcp = { transport: 'tcp', linesPerDatagram: 1, rate: 0 } as const;
const udp = { transport: 'udp', series: 200 } as const;

const scenarios: Readonly<Record<string, Scenario>> = {
  'tcp-200': { ...tcp, series: 200, lines: 2_000_000 },
  'tcp-20000': { ...tcp, series: 20_000, lines: 2_000_000 },
  'udp-1': { ...udp, linesPerDatagram: 1, rate: 50_000, lines: 150_000 },
  'udp-1-fast': { ...udp, linesPerDatagram: 1, rate: 100_000, lines: 300_000 },
  'udp-45': { ...udp, linesPerDatagram: 45, rate: 20_000, lines: 2_700_000 },
};

interface Result {
  readonly cpuPerLine: number;
  readonly linesPerSecond: number;
  readonly lost: number;
  readonly rss: number;
}

/** Nanoseconds on a CPU, of all threads. */
function cpuTime(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).reduce(
    (sum, task) => sum + Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]),
    0,
  );
}

async function idle(pid: number): Promise<void> {
  for (let before = -1; ; ) {
    const now = cpuTime(pid);
    // statsd_exporter's own tick costs some hundred microseconds each 200 ms.
    if (before >= 0 && now - before < 5e6) return;
    before = now;
    await setTimeout(250);
  }
}

async function linesTotal(web: number): Promise<number> {
  const page = await (await fetch(`http://127.0.0.1:${web}/metrics`)).text();
  return Number(/^statsd_exporter_lines_total (\S+)$/m.exec(page)?.[1] ?? Number.NaN);
}

function start(peer: string | undefined, web: number, port: number): ChildProcess {
  const args = [
    `--web.listen-address=127.0.0.1:${web}`,
    `--statsd.listen-udp=127.0.0.1:${port}`,
    `--statsd.listen-tcp=127.0.0.1:${port}`,
  ];
  const limits = ['--limit.series=1000000', '--limit.series-per-family=1000000', '--limit.families=100000'];
  if (peer !== undefined) return spawn(peer, [...args, '--log.level=error'], { stdio: 'ignore' });
  return spawn(process.execPath, [flags.program, ...limits, '--shutdown.grace-period=0s', 'statsd', ...args], {
    stdio: 'ignore',
  });
}

async function measure(scenario: Scenario, peer: string | undefined, index: number): Promise<Result> {
  const [web, port] = [19_500 + index * 2, 19_501 + index * 2];
  const child = start(peer, web, port);
  const pid = child.pid!;
  while (Number.isNaN(await linesTotal(web).catch(() => Number.NaN))) await setTimeout(20);
  // Once for the compiler and the first sight of every series.
  await send({ ...scenario, port, lines: Math.min(scenario.lines, 200_000) });
  await idle(pid);
  const [linesBefore, cpuBefore] = [await linesTotal(web), cpuTime(pid)];
  const { lines, seconds } = await send({ ...scenario, port });
  await idle(pid);
  const cpu = cpuTime(pid) - cpuBefore;
  const counted = (await linesTotal(web)) - linesBefore;
  const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
  child.kill('SIGKILL');
  await once(child, 'exit');
  return { cpuPerLine: cpu / 1000 / counted, linesPerSecond: counted / seconds, lost: 1 - counted / lines, rss };
}

async function send(load: Load): Promise<Sent> {
  const generator = join(import.meta.dirname, 'statsd-load.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [generator, JSON.stringify(load)]);
  return JSON.parse(stdout) as Sent;
}

function median(results: readonly Result[]): Result {
  const middle = (key: keyof Result) =>
    results.map((result) => result[key]).sort((a, b) => a - b)[results.length >> 1]!;
  return {
    cpuPerLine: middle('cpuPerLine'),
    linesPerSecond: middle('linesPerSecond'),
    lost: middle('lost'),
    rss: middle('rss'),
  };
}

function row(name: string, who: string, { cpuPerLine, linesPerSecond, lost, rss }: Result, ratio = ''): string {
  const columns = [
    `${cpuPerLine.toFixed(3)} µs/line`,
    `${Math.round(linesPerSecond / 1000)}k lines/s`,
    `${(lost * 100).toFixed(2)} % lost`,
    `${rss.toFixed(0)} MB`,
    ratio,
  ];
  return [name.padEnd(12), who.padEnd(16), ...columns.map((column) => column.padStart(15))].join(' ').trimEnd();
}

console.log(
  `${cpus()[0]?.model} x ${cpus().length}, Linux ${release()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`,
);
let index = 0;
for (const name of positionals.length > 0 ? positionals : Object.keys(scenarios)) {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`no scenario ${name}; there are ${Object.keys(scenarios).join(', ')}`);
  const ours: Result[] = [];
  const theirs: Result[] = [];
  for (let round = 0; round < Number(flags.rounds); round++) {
    ours.push(await measure(scenario, undefined, index++));
    if (flags.peer !== undefined) theirs.push(await measure(scenario, flags.peer, index++));
  }
  const [our, their] = [median(ours), theirs.length > 0 ? median(theirs) : undefined];
  console.log(row(name, 'metrics-sidecar', our, their && `1/${(their.cpuPerLine / our.cpuPerLine).toFixed(1)} CPU`));
  if (their !== undefined) console.log(row(name, 'statsd_exporter', their));
}
