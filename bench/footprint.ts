/**
 * What a sidecar costs when nothing happens, next to a bare Node HTTP server in the same run:
 *
 *   npm run build && node bench/footprint.ts [ROUNDS] [WATCHDOG, 0s for none]
 *
 * Memory as the kernel says it (`/proc/PID/status`, a second after the start): `RssAnon` is what each further pod
 * costs, the rest of RSS is the Node binary, which the pods of a node share. Start: from spawn to the line that says it
 * listens. The programs take turns; the table shows medians. There are two floors, because Node pays for the first ES
 * module it loads; the bundle is CommonJS for that reason.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';

const main = join(import.meta.dirname, '../dist/main.js');
const rounds = Number(process.argv[2] ?? 7);
const watchdog = process.argv[3] ?? '30s';
const shared = ['--web.listen-address=127.0.0.1:0', '--shutdown.grace-period=0s', `--watchdog=${watchdog}`];
const statsd = ['statsd', '--statsd.listen-udp=127.0.0.1:0', '--statsd.listen-tcp=127.0.0.1:0'];
const ingest = ['ingest', '--ingest.listen-address=127.0.0.1:0'];
const haproxy = ['haproxy', '--haproxy.exporter-port=1'];
const listen = "createServer((q, r) => r.end('ok')).listen(0, '127.0.0.1', () => console.log('\"ready\"'))";

const programs: Readonly<Record<string, readonly string[]>> = {
  'bare, CommonJS': ['--input-type=commonjs', '-e', `require('node:http').${listen}`],
  'bare, ES module': ['--input-type=module', '-e', `import { createServer } from 'node:http'; ${listen}`],
  statsd: [main, ...shared, ...statsd],
  ingest: [main, ...shared, ...ingest],
  'port-monitor': [main, ...shared, 'port-monitor'],
  haproxy: [main, ...shared, ...haproxy],
  'all together': [main, ...shared, ...statsd, '+', ...ingest, '+', 'port-monitor', '+', ...haproxy],
};

interface Cost {
  readonly start: number;
  readonly rss: number;
  readonly anonymous: number;
}

async function measure(args: readonly string[]): Promise<Cost> {
  const began = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await listening(child);
  const start = performance.now() - began;
  // A moment for what start-up left behind.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)![1]) / 1024;
  const cost = { start, rss: field('VmRSS'), anonymous: field('RssAnon') };
  child.kill();
  await once(child, 'exit');
  return cost;
}

async function listening(child: ChildProcess): Promise<void> {
  let text = '';
  for await (const chunk of child.stdout!) {
    text += String(chunk);
    if (text.includes('"ready"')) break;
  }
}

const costs = new Map<string, Cost[]>(Object.keys(programs).map((name) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const [name, args] of Object.entries(programs)) costs.get(name)!.push(await measure(args));
}
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const of = (name: string, key: keyof Cost) => median(costs.get(name)!.map((cost) => cost[key]));
const floors = ['bare, CommonJS', 'bare, ES module'];
const ratios = (key: keyof Cost, name: string) =>
  floors.map((floor) => (of(name, key) / of(floor, key)).toFixed(2)).join(', ');
console.log(
  `${cpus()[0]!.model}, Linux ${release()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}, ${rounds} rounds`,
);
console.table(
  Object.fromEntries(
    Object.keys(programs).map((name) => {
      const [start, rss, anonymous] = [of(name, 'start'), of(name, 'rss'), of(name, 'anonymous')];
      return [
        name,
        {
          'RssAnon MB': anonymous.toFixed(1),
          'to CommonJS, to ES': ratios('anonymous', name),
          'RSS MB': rss.toFixed(1),
          'to CommonJS, to ES ': ratios('rss', name),
          'ms to listening': start.toFixed(0),
          'more than CommonJS, than ES': floors.map((floor) => (start - of(floor, 'start')).toFixed(0)).join(', '),
        },
      ];
    }),
  ),
);
