// What a scrape of many series costs the whole process, over HTTP: counters of 4 labels, sent as statsd lines over TCP:
//
//   node bench/scrape.ts [--peer PATH] [--program PATH] [--series N] [--rounds N]
//
// CPU is what the kernel accounts to all threads (/proc/PID/task/*/schedstat) from the request until the process is
// idle again. "first" is the first page ever, "all changed" a page of which no number is that of the page before,
// "unchanged" one where only our own metrics moved. `--peer` runs the real statsd_exporter under the same load;
// `--program` another build of ours (dist/main.js). Linux only.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuTime, idle } from './cpu-time.ts';

const { values: flags } = parseArgs({
  options: {
    peer: { type: 'string' },
    program: { type: 'string', default: join(import.meta.dirname, '../src/main.ts') },
    series: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '7' },
  },
});
const series = Number(flags.series);
const rounds = Number(flags.rounds);

/** What Prometheus 3.5 sends where native histograms are off. */
const prometheus =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,' +
  'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1';
const asks = {
  'text, not compressed': { accept: 'text/plain;version=0.0.4', 'accept-encoding': 'identity' },
  'text, gzip': { accept: 'text/plain;version=0.0.4', 'accept-encoding': 'gzip' },
  'as Prometheus asks': { accept: prometheus, 'accept-encoding': 'gzip' },
} as const;
type Ask = keyof typeof asks;

const changes = { 'all changed': 1, '1 % changed': 0.01, unchanged: 0 } as const;

interface Program {
  readonly child: ChildProcess;
  readonly web: number;
  readonly port: number;
}

interface Page {
  readonly cpu: number;
  readonly bytes: number;
}

function memory(pid: number): string {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string) =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)![1]) / 1024).toFixed(0);
  return `RSS ${megabytes('VmRSS')} MB, of it anonymous ${megabytes('RssAnon')}, at most ${megabytes('VmHWM')}`;
}

function start(peer: string | undefined, index: number): Program {
  const [web, port] = [19_700 + index * 2, 19_701 + index * 2];
  const args = [
    `--web.listen-address=127.0.0.1:${web}`,
    `--statsd.listen-udp=127.0.0.1:${port}`,
    `--statsd.listen-tcp=127.0.0.1:${port}`,
  ];
  const limits = ['--limit.series=1000000', '--limit.series-per-family=1000000', '--shutdown.grace-period=0s'];
  const [program, all] =
    peer === undefined
      ? [process.execPath, ['--max-semi-space-size=2', flags.program, ...limits, 'statsd', ...args]]
      : [peer, [...args, '--log.level=error']];
  return { child: spawn(program, all, { stdio: ['ignore', 'ignore', 'inherit'] }), web, port };
}

function line(i: number): string {
  const labels = `method:${i % 2 ? 'GET' : 'POST'},path:/orders/${i},pod:web-7c9d-${i % 50},status:${200 + (i % 5)}`;
  return `app_requests_total:1|c|#${labels}\n`;
}

/** Adds 1 to `share` of the counters: to those that lie side by side nowhere on the page. */
async function send({ child, port }: Program, share: number): Promise<void> {
  if (share > 0) {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const step = Math.round(1 / share);
    for (let i = 0; i < series; ) {
      let text = '';
      for (let n = 0; n < 1000 && i < series; n++, i += step) text += line(i);
      if (!socket.write(text)) await once(socket, 'drain');
    }
    socket.end();
    socket.resume();
    await once(socket, 'close');
  }
  await idle(child.pid!, 1, 50);
}

function get(web: number, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: web, path: '/metrics', headers }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () => resolve(bytes));
    })
      .on('error', reject)
      .end();
  });
}

async function scrape({ child, web }: Program, ask: Ask): Promise<Page> {
  const before = cpuTime(child.pid!);
  const bytes = await get(web, asks[ask]);
  await idle(child.pid!, 1, 50);
  return { cpu: cpuTime(child.pid!) - before, bytes };
}

function row(what: string, who: string, pages: readonly Page[]): void {
  const middle = pages.toSorted((a, b) => a.cpu - b.cpu)[pages.length >> 1]!;
  console.log(`${who.padEnd(16)} ${what.padEnd(36)} ${middle.cpu.toFixed(1).padStart(8)} ms ${middle.bytes} B`);
}

async function measure(peer: string | undefined, first: Ask, index: number): Promise<void> {
  const who = peer === undefined ? 'metrics-sidecar' : 'statsd_exporter';
  const program = start(peer, index);
  const pid = program.child.pid!;
  while (!(await get(program.web, {}).catch(() => 0))) {
    if (program.child.exitCode !== null) throw new Error(`${who} did not start`);
    await setTimeout(50);
  }
  const started = cpuTime(pid);
  await send(program, 1);
  console.log(`${who}, ${first}: ${series} lines of new series took ${(cpuTime(pid) - started).toFixed(0)} ms`);
  row(`${first}, first`, who, [await scrape(program, first)]);
  console.log(`${who.padEnd(16)} ${memory(pid)}`);
  for (const [what, share] of Object.entries(changes)) {
    const pages: Page[] = [];
    for (let i = 0; i < rounds; i++) {
      await send(program, share);
      pages.push(await scrape(program, first));
    }
    row(`${first}, ${what}`, who, pages);
  }
  console.log(`${who.padEnd(16)} ${memory(pid)}\n`);
  program.child.kill('SIGKILL');
  await once(program.child, 'exit');
}

console.log(
  `${cpus()[0]?.model} x ${cpus().length}, Linux ${release()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}; ` +
    `${series} counters of 4 labels; CPU of a page, median of ${rounds}`,
);
let index = 0;
for (const ask of Object.keys(asks) as Ask[]) {
  await measure(undefined, ask, index++);
  if (flags.peer !== undefined) await measure(flags.peer, ask, index++);
}
