// What a series costs in memory: series of one label, sent as statsd lines over TCP, of which the page is read:
//
//   node bench/memory.ts [--peer PATH] [--program PATH] [--series N] [--rounds N] [KIND ...]
//
// Anonymous memory of the process (/proc/PID/status), less that of one that was sent as many lines of ten series: what
// the lines themselves take, the heap of a process that works among it, is in both. `live`, for ours only, is what is
// left after all garbage was collected, the pages that were read and what a page keeps included. `--peer` runs the real
// statsd_exporter too; `--program` another build of ours (dist/main.js). Linux only.
//
// Where the bytes that are left go, by a heap snapshot of 10,000 series (a counter / a histogram):
//
//   the known line: its entry in the table / its key             52 / 40
//   the series' object (SeriesCell), its key, its place in a Map  80 + 40 + 46
//   its numbers and time of creation (Slots)                      17 / 117
//   its labels on the page (Arena: bytes, end, slot, series)      36 + 8 + 8 / 20 + 8 + 8
//   its numbers on the last page (PageBlocks)                     8 / 104
//   columns of Targets                                            0 / 25
//   native buckets: object, array, a first bucket                 0 / 72 + 32 + 32
//
// What is missing to the figure is code that was compiled meanwhile, some 25 bytes a series.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peer: { type: 'string' },
    program: { type: 'string', default: join(import.meta.dirname, '../src/main.ts') },
    series: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '3' },
  },
});
const series = Number(flags.series);
const few = 10;
const folder = mkdtempSync(join(tmpdir(), 'bench-memory-'));

const kinds = {
  counter: { line: 'c', mapping: '{}' },
  'histogram, 11 buckets': { line: 'ms', mapping: 'defaults: {observer_type: histogram}' },
  'summary, 1 observation': { line: 'ms', mapping: 'defaults: {observer_type: summary}' },
} as const;
type Kind = keyof typeof kinds;

interface Cost {
  readonly anonymous: number;
  readonly live: number | undefined;
}

function start(peer: string | undefined, kind: Kind, index: number): ChildProcess & { readonly pid: number } {
  const mapping = join(folder, 'mapping.yml');
  writeFileSync(mapping, `${kinds[kind].mapping}\n`);
  const args = [
    `--web.listen-address=127.0.0.1:${19_800 + index * 2}`,
    '--statsd.listen-udp=',
    `--statsd.listen-tcp=127.0.0.1:${19_801 + index * 2}`,
    `--statsd.mapping-config=${mapping}`,
  ];
  const limits = ['--limit.series=10000000', '--limit.series-per-family=10000000', '--shutdown.grace-period=0s'];
  const node = ['--max-semi-space-size=2', '--expose-gc', '--import', collector(), flags.program];
  const [program, all] =
    peer === undefined
      ? [process.execPath, [...node, ...limits, 'statsd', ...args]]
      : [peer, [...args, '--log.level=error']];
  const child = spawn(program, all, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return Object.assign(child, { pid: child.pid! });
}

/** Collects all garbage of the process it is loaded into, when it is asked, and says what is left. */
function collector(): string {
  const file = join(folder, 'collector.mjs');
  const live = '(gc(), gc(), (({ heapUsed, arrayBuffers }) => heapUsed + arrayBuffers)(process.memoryUsage()))';
  writeFileSync(file, `process.on('message', () => process.send(${live}));`);
  return file;
}

async function measure(peer: string | undefined, kind: Kind, distinct: number, index: number): Promise<Cost> {
  const child = start(peer, kind, index);
  const page = () => fetch(`http://127.0.0.1:${19_800 + index * 2}/metrics`).then((response) => response.text());
  while ((await page().catch(() => '')) === '') {
    if (child.exitCode !== null) throw new Error(`${peer ?? flags.program} did not start`);
    await setTimeout(50);
  }
  const socket = connect(19_801 + index * 2, '127.0.0.1');
  await once(socket, 'connect');
  for (let i = 0; i < series; ) {
    let text = '';
    for (let n = 0; n < 1000 && i < series; n++, i++) {
      text += `bench_requests:${1 + (i % 9)}|${kinds[kind].line}|#path:/orders/${i % distinct}\n`;
    }
    if (!socket.write(text)) await once(socket, 'drain');
  }
  socket.end();
  socket.resume();
  await once(socket, 'close');
  const counted = new RegExp(`^statsd_exporter_lines_total ${series}$`, 'm');
  while (!counted.test(await page())) await setTimeout(50);
  for (let i = 0; i < 3; i++) await page();
  await setTimeout(1000);
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const anonymous = Number(/^RssAnon:\s+(\d+) kB/m.exec(status)![1]) * 1024;
  let live: number | undefined;
  if (peer === undefined) {
    child.send('collect');
    const [answer] = await once(child, 'message');
    live = Number(answer);
  }
  child.kill('SIGKILL');
  await once(child, 'exit');
  return { anonymous, live };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

console.log(
  `${cpus()[0]?.model} x ${cpus().length}, Linux ${release()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}; ` +
    `bytes a series, at ${series} series, median of ${flags.rounds}`,
);
let index = 0;
for (const kind of (positionals.length > 0 ? positionals : Object.keys(kinds)) as Kind[]) {
  for (const peer of flags.peer === undefined ? [undefined] : [undefined, flags.peer]) {
    const costs: Cost[] = [];
    for (let round = 0; round < Number(flags.rounds); round++) {
      const [base, full] = [await measure(peer, kind, few, index++), await measure(peer, kind, series, index++)];
      const live = full.live === undefined ? undefined : (full.live - base.live!) / (series - few);
      costs.push({ anonymous: (full.anonymous - base.anonymous) / (series - few), live });
    }
    const anonymous = median(costs.map((cost) => cost.anonymous)).toFixed(0);
    const live = costs[0]!.live === undefined ? '' : `, live ${median(costs.map((cost) => cost.live!)).toFixed(0)}`;
    const who = peer === undefined ? 'metrics-sidecar' : 'statsd_exporter';
    console.log(`${kind.padEnd(24)} ${who.padEnd(16)} ${anonymous.padStart(6)}${live}`);
  }
}
rmSync(folder, { recursive: true });
