/**
 * Measures how a CPU limit slows a sidecar: the same program runs in CPU cgroups of several limits and in one without.
 *
 *   npm run build && node bench/cpu-limit.ts [ROUNDS] [DATAGRAMS]      (root; cgroups of version 1 or 2)
 *
 * Each limit starts a statsd sidecar, waits until it listens, sends bursts of datagrams over 2,000 series (one line
 * each, as fast as the sender can, 2,500 every 250 ms if not said otherwise) and scrapes the page twice a second
 * meanwhile. The limits take turns, so that whatever else the machine does falls on all of them. Medians of the
 * rounds; the slowest scrape is the worst of all rounds. A period of CFS is 100 ms: a process that has used its share
 * of one stands still until the next.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const main = join(import.meta.dirname, '../dist/main.js');
const rounds = Number(process.argv[2] ?? 3);
const limits = [undefined, 500, 200, 100, 50, 20] as const;
const series = 2000;
const bursts = 40;
const burst = Number(process.argv[3] ?? 2500);
const version1 = existsSync('/sys/fs/cgroup/cpu/cgroup.procs');
const root = version1 ? '/sys/fs/cgroup/cpu' : '/sys/fs/cgroup';

interface Result {
  readonly start: number;
  readonly scrapes: readonly number[];
  readonly lost: number;
  readonly throttled: number;
}

function makeGroup(name: string, milli: number | undefined): string {
  const path = join(root, `metrics-sidecar-bench-${process.pid}-${name}`);
  mkdirSync(path);
  if (milli === undefined) return path;
  if (version1) writeFileSync(join(path, 'cpu.cfs_quota_us'), String(milli * 100));
  else writeFileSync(join(path, 'cpu.max'), `${milli * 100} 100000`);
  return path;
}

/** The share of periods in which the group had to wait. */
function throttledShare(group: string): number {
  const stat = readFileSync(join(group, 'cpu.stat'), 'utf8');
  const field = (name: string) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(stat)?.[1] ?? 0);
  return field('nr_throttled') / Math.max(1, field('nr_periods'));
}

async function listening(child: ChildProcess): Promise<void> {
  let text = '';
  for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.includes('"ready"')) break;
  }
  child.stdout!.resume();
}

async function scrape(page: number): Promise<{ readonly text: string; readonly ms: number }> {
  const began = performance.now();
  const answer = await fetch(`http://127.0.0.1:${page}/metrics`);
  const text = await answer.text();
  return { text, ms: performance.now() - began };
}

async function load(udp: number): Promise<void> {
  const socket = createSocket('udp4');
  socket.connect(udp, '127.0.0.1');
  await once(socket, 'connect');
  const lines = Array.from({ length: series }, (_, i) => Buffer.from(`requests.${i}:1|c`));
  for (let round = 0; round < bursts; round++) {
    const began = performance.now();
    await new Promise<void>((resolve) => {
      let pending = burst;
      for (let i = 0; i < burst; i++) socket.send(lines[i % series]!, () => void (--pending === 0 && resolve()));
    });
    await setTimeout(Math.max(0, 250 - (performance.now() - began)));
  }
  socket.close();
}

async function measure(milli: number | undefined): Promise<Result> {
  const group = makeGroup(String(milli), milli);
  const args = [
    main,
    '--web.listen-address=127.0.0.1:19102',
    '--shutdown.grace-period=0s',
    'statsd',
    '--statsd.listen-udp=127.0.0.1:19125',
    '--statsd.listen-tcp=',
  ];
  const began = performance.now();
  const child = spawn(
    '/bin/sh',
    ['-c', `echo $$ >${group}/cgroup.procs && exec "$@"`, 'sh', process.execPath, ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await listening(child);
  const start = performance.now() - began;
  const scrapes: number[] = [];
  const sending = load(19_125).then(() => true);
  for (let ended = false; !ended; ) {
    scrapes.push((await scrape(19_102)).ms);
    ended = await Promise.race([sending, setTimeout(500, false)]);
  }
  await setTimeout(2000);
  const throttled = throttledShare(group);
  const { text } = await scrape(19_102);
  let received = 0;
  for (const [, value] of text.matchAll(/^requests_\d+(?:_total)? (\d+)$/gm)) received += Number(value);
  child.kill('SIGKILL');
  await once(child, 'exit');
  for (let tries = 0; tries < 100; tries++) {
    try {
      rmdirSync(group);
      break;
    } catch {
      await setTimeout(50);
    }
  }
  return { start, scrapes, lost: 1 - received / (bursts * burst), throttled };
}

const results = new Map<number | undefined, Result[]>(limits.map((milli) => [milli, []]));
for (let round = 0; round < rounds; round++) {
  for (const milli of limits) results.get(milli)!.push(await measure(milli));
}
const quantile = (values: readonly number[], q: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))]!;
const median = (milli: number | undefined, pick: (result: Result) => number) =>
  quantile(results.get(milli)!.map(pick), 0.5);
console.log(
  `${cpus()[0]!.model} x ${cpus().length}, Linux ${release()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}, ${rounds} rounds`,
);
console.table(
  Object.fromEntries(
    limits.map((milli) => {
      const all = results.get(milli)!.flatMap(({ scrapes }) => scrapes);
      const start = median(milli, (one) => one.start);
      return [
        milli === undefined ? 'none' : `${milli}m`,
        {
          'start, ms': Math.round(start),
          'to none': (start / median(undefined, (one) => one.start)).toFixed(1),
          'scrape p50, ms': quantile(all, 0.5).toFixed(1),
          'scrape p99, ms': quantile(all, 0.99).toFixed(0),
          'slowest, ms': Math.max(...all).toFixed(0),
          'datagrams lost': `${(100 * median(milli, (one) => one.lost)).toFixed(2)} %`,
          'periods throttled': `${(100 * median(milli, (one) => one.throttled)).toFixed(0)} %`,
        },
      ];
    }),
  ),
);
