// Measures the CPU that a push costs the sidecar; the generator of pushes is a process of its own:
//
//   node bench/ingest.ts [--program PATH] [--peer PATH] [--rounds N] [SCENARIO ...]
//
// CPU is what the kernel accounts to all threads of the receiver, per push. The floor is a server of node:http that
// reads the same bodies, parses them as JSON and answers; `--peer` is the real Pushgateway, which gets the gauges as
// text. Medians of the rounds. Linux.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { cpus, loadavg, release } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { cpuTime, idle } from './cpu-time.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peer: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    program: { type: 'string', default: join(import.meta.dirname, '../src/main.ts') },
  },
});

interface Scenario {
  readonly clients: number;
  readonly series: number;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly gzip?: boolean;
}

const scenarios: Readonly<Record<string, Scenario>> = {
  'gauges-8': { clients: 8, series: 100, type: 'gauge' },
  'gauges-1000': { clients: 1000, series: 100, type: 'gauge' },
  'counters-8': { clients: 8, series: 100, type: 'counter' },
  'counters-1000': { clients: 1000, series: 100, type: 'counter' },
  'histograms-8': { clients: 8, series: 10, type: 'histogram' },
  'histograms-1000': { clients: 1000, series: 10, type: 'histogram' },
  'gauges-8-gzip': { clients: 8, series: 100, type: 'gauge', gzip: true },
};
const pushes = 8000;
const lanes = 8;

function payloadOf({ series, type }: Scenario, value: number): string {
  const values = Array.from({ length: series }, (_, i) => {
    const labels = { path: `/some/path/${i}` };
    if (type !== 'histogram') return [{ labels, value: value + i }];
    const buckets = ['0.1', '0.5', '1', '5', '+Inf'].map((le) => ({
      name: 'h_bucket',
      labels: { ...labels, le },
      value,
    }));
    return [...buckets, { name: 'h_sum', labels, value }, { name: 'h_count', labels, value }];
  });
  const name = { gauge: 'g', counter: 'c_total', histogram: 'h' }[type];
  return JSON.stringify([{ name, type, help: 'A benchmark.', values: values.flat() }]);
}

const textOf = ({ series }: Scenario, value: number) =>
  `# TYPE g gauge\n${Array.from({ length: series }, (_, i) => `g{path="/some/path/${i}"} ${value + i}\n`).join('')}`;

interface Receiver {
  readonly who: string;
  readonly command: readonly string[];
  /** Path and body of a client's push. */
  readonly push: (scenario: Scenario, client: number, value: number) => readonly [path: string, body: string];
}

const floor = `require('node:http').createServer((q,s)=>{const c=[];q.on('data',d=>c.push(d));q.on('end',()=>{const b=Buffer.concat(c);
const t=q.headers['content-encoding']?require('node:zlib').gunzipSync(b):b;JSON.parse(t.toString());s.end('true')})}).listen(+process.argv[1],'127.0.0.1')`;

const receiversAt = (port: number): readonly Receiver[] => [
  {
    who: 'metrics-sidecar',
    command: [
      ...[process.execPath, '--max-semi-space-size=2', flags.program, '--web.listen-address=127.0.0.1:0', 'ingest'],
      ...[`--ingest.listen-address=127.0.0.1:${port}`, '--ingest.cold-start=0s', '--ingest.value-limit=1000000'],
      '--ingest.client-limit=10000',
    ],
    push: (scenario, _, value) => ['/v1/ingest', payloadOf(scenario, value)],
  },
  {
    who: 'node:http + JSON',
    command: [process.execPath, '--max-semi-space-size=2', '-e', floor, String(port)],
    push: (scenario, _, value) => ['/v1/ingest', payloadOf(scenario, value)],
  },
  ...(flags.peer === undefined
    ? []
    : [
        {
          who: 'pushgateway',
          command: [flags.peer, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'],
          push: (scenario: Scenario, client: number, value: number) =>
            [`/metrics/job/bench/instance/${client}`, textOf(scenario, value)] as const,
        },
      ]),
];

/** @returns CPU µs a push */
async function measure(scenario: Scenario, index: number, port: number): Promise<number> {
  const { command, push } = receiversAt(port)[index]!;
  const [file = '', ...args] = command;
  const child: ChildProcess = spawn(file, args, { stdio: 'ignore' });
  const agent = new Agent({ keepAlive: true, maxSockets: lanes });
  const bodies = new Map<number, Buffer>();
  const send = (client: number, value: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const [path, text] = push(scenario, client, value);
      // Each value is made once, lest the generator be what is measured.
      const body = bodies.get(value) ?? (scenario.gzip ? gzipSync(text) : Buffer.from(text));
      bodies.set(value, body);
      const headers = {
        'x-ingest-client': `client-${client}`,
        ...(scenario.gzip && { 'content-encoding': 'gzip' }),
        'content-length': body.length,
      };
      const sent = request({ host: '127.0.0.1', port, path, method: 'POST', headers, agent }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      });
      sent.on('error', reject).end(body);
    });
  const run = async (count: number, of: number) => {
    let next = 0;
    const lane = async () => {
      for (let i = next++; i < count; i = next++) {
        const status = await send(i % scenario.clients, of + Math.floor(i / scenario.clients));
        if (status !== 200) throw new Error(`answered ${status}`);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  };
  try {
    while ((await send(0, 0).catch(() => 0)) !== 200) await setTimeout(50);
    await run(Math.max(2000, scenario.clients * 2), 1);
    await idle(child.pid!, 5, 250);
    const before = cpuTime(child.pid!);
    await run(pushes, 10_000);
    await idle(child.pid!, 5, 250);
    return ((cpuTime(child.pid!) - before) * 1000) / pushes;
  } finally {
    agent.destroy();
    if (child.kill('SIGKILL')) await once(child, 'exit');
  }
}

const load = loadavg().map((one) => one.toFixed(1));
console.log(`${cpus()[0]?.model} x ${cpus().length}, Linux ${release()}, Node ${process.version}`);
console.log(`${new Date().toISOString().slice(0, 10)}, rounds: ${flags.rounds}, load before: ${load.join(' ')}`);
let port = 21_500;
for (const name of positionals.length > 0 ? positionals : Object.keys(scenarios)) {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`no scenario ${name}; there are ${Object.keys(scenarios).join(', ')}`);
  const receivers = receiversAt(0).filter(
    ({ who }) => who !== 'pushgateway' || (scenario.type === 'gauge' && !scenario.gzip),
  );
  const results = receivers.map((): number[] => []);
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const [i, list] of results.entries()) list.push(await measure(scenario, i, port++));
  }
  const medians = results.map((list) => list.sort((a, b) => a - b)[list.length >> 1]!);
  receivers.forEach(({ who }, i) => {
    const ratio = i === 0 ? '' : `x ${(medians[0]! / medians[i]!).toFixed(2)}`;
    console.log(
      `${name.padEnd(16)}  ${who.padEnd(18)}  ${medians[i]!.toFixed(0).padStart(6)} µs a push  ${ratio}`.trimEnd(),
    );
  });
}
