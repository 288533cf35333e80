// What a statsd line costs the process that receives it, over TCP and UDP, from a generator in a process of its own:
//
//   node bench/statsd.ts [--peer PATH] [--rounds N] [--program PATH] [SCENARIO ...]
//
// CPU is what the kernel accounts to all threads of the receiver (/proc/PID/task/*/schedstat), from before the first
// line until it is idle again. `--peer` runs the real statsd_exporter under the same load, in turns with ours, so that
// both meet the same machine; `--program` another build of ours (dist/main.js). What is printed are medians of the
// rounds. Linux only.
import { cpus, loadavg, release } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type OddShape, oddShapes } from './statsd-odd-lines.ts';
import { measure, type Receiver, type Result, type Scenario } from './statsd-run.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peer: { type: 'string' },
    rounds: { type: 'string', default: '1' },
    program: { type: 'string', default: join(import.meta.dirname, '../src/main.ts') },
  },
});

/** What is to be reached: CPU µs a line, and what part of the peer's that is to be, or what part of its loss. */
interface Target {
  readonly cpu?: number;
  readonly ratio?: number;
  readonly loss?: number;
}

const tcp = { transport: 'tcp', shape: 'mixed', linesPerDatagram: 1, senders: 1, rate: 0, lines: 2_000_000 } as const;
const udp = { ...tcp, transport: 'udp', series: 200 } as const;
const datagrams = { ...udp, rate: 100_000, lines: 300_000 } as const;

/** Every class of line that no series takes as it is; a refusal must not cost more than what it refuses. */
function odd(shape: OddShape): Scenario & { readonly target: Target } {
  const limits = shape.startsWith('family-limit') ? { limits: ['--limit.families=100'] } : {};
  const perFamily = shape.startsWith('series-limit') ? { limits: ['--limit.series-per-family=100'] } : {};
  return { ...tcp, lines: 1_000_000, shape, series: 0, ...limits, ...perFamily, target: { cpu: 0.5, ratio: 5 } };
}

const scenarios: Readonly<Record<string, Scenario & { readonly target?: Target }>> = {
  'tcp-200': { ...tcp, series: 200, target: { cpu: 0.35, ratio: 12 } },
  'tcp-20000': { ...tcp, series: 20_000, target: { cpu: 0.35, ratio: 12 } },
  'globs-20000': { ...tcp, shape: 'globs', series: 20_000, target: { cpu: 0.5, ratio: 15 } },
  'regexes-2000': { ...tcp, shape: 'regexes', series: 2000 },
  'udp-1': { ...udp, rate: 50_000, lines: 150_000, target: { cpu: 1.6, ratio: 5 } },
  'udp-1-fast': { ...datagrams, target: { cpu: 1.6, ratio: 5, loss: 4 } },
  // In the kernel's default buffer, as statsd_exporter has it.
  'udp-1-loss': { ...datagrams, flags: ['--statsd.read-buffer=0'], target: { loss: 4 } },
  'udp-1-workers': { ...datagrams, senders: 16, flags: ['--statsd.udp-workers=2'] },
  'udp-45': { ...udp, linesPerDatagram: 45, rate: 20_000, lines: 2_700_000, target: { cpu: 0.15 } },
  ...Object.fromEntries(oddShapes.map((shape) => [shape, odd(shape)])),
};

const columns = [
  'scenario',
  'program',
  'µs/line',
  'lines/s',
  'lost %',
  'kernel drops',
  'RSS MB',
  'CPU ratio',
  'target',
];

function row(name: string, who: string, { cpu, linesPerSecond, lost, drops, rss }: Result): readonly string[] {
  const lines = `${Math.round(linesPerSecond / 1000)}k`;
  return [name, who, cpu.toFixed(3), lines, (lost * 100).toFixed(2), `${drops}`, rss.toFixed(0)];
}

function targetText({ cpu, ratio, loss }: Target): string {
  return [cpu && `<= ${cpu} µs`, ratio && `<= 1/${ratio}`, loss && `lost < 1/${loss}`].filter(Boolean).join(', ');
}

function print(cells: readonly string[]): void {
  const widths = [16, 16, 8, 8, 7, 13, 7, 10, 0];
  const padded = cells.map((cell, i) => (i < 2 || i === 8 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)));
  console.log(padded.join('  ').trimEnd());
}

function median(results: readonly Result[]): Result {
  const middle = (key: keyof Result) =>
    results.map((result) => result[key]).sort((a, b) => a - b)[results.length >> 1]!;
  const keys: readonly (keyof Result)[] = ['cpu', 'linesPerSecond', 'lost', 'drops', 'rss'];
  return Object.fromEntries(keys.map((key) => [key, middle(key)])) as unknown as Result;
}

const load = loadavg()
  .map((one) => one.toFixed(1))
  .join(' ');
console.log(`${cpus()[0]?.model} x ${cpus().length}, Linux ${release()}, Node ${process.version}`);
console.log(`${new Date().toISOString().slice(0, 10)}, rounds: ${flags.rounds}, load before: ${load}`);
print(columns);
const ours: Receiver = { who: 'ours', program: flags.program };
const peer: Receiver | undefined = flags.peer === undefined ? undefined : { who: 'peer', program: flags.peer };
let index = 0;
for (const name of positionals.length > 0 ? positionals : Object.keys(scenarios)) {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`no scenario ${name}; there are ${Object.keys(scenarios).join(', ')}`);
  const { target = {}, ...asked } = scenario;
  const results: { readonly ours: Result[]; readonly peer: Result[] } = { ours: [], peer: [] };
  for (let round = 0; round < Number(flags.rounds); round++) {
    results.ours.push(await measure(asked, ours, index++));
    if (peer !== undefined) results.peer.push(await measure(asked, peer, index++));
  }
  const our = median(results.ours);
  const their = peer && median(results.peer);
  print([
    ...row(name, 'metrics-sidecar', our),
    their === undefined ? '' : `1/${(their.cpu / our.cpu).toFixed(1)}`,
    targetText(target),
  ]);
  if (their !== undefined) print(row(name, 'statsd_exporter', their));
}
