/**
 * What it takes to start the program and end it again, next to Node alone in the same run:
 *
 *   npm run build && node bench/startup.ts [ROUNDS]
 *
 * The programs take turns, so that whatever else the machine does falls on all of them; standard output is a pipe, as
 * in a script. CPU time, user and system, is what the kernel has added up for the children (`/proc/self/stat`, in steps
 * of 10 ms, so over all rounds); of wall time the least, for whatever else the machine does only adds to it. `version`
 * is to stay below 1.5 times `node -e 0` in both.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';

const main = join(import.meta.dirname, '../dist/main.js');
const rounds = Number(process.argv[2] ?? 50);
const floor = 'node -e 0';

const programs: Readonly<Record<string, readonly string[]>> = {
  [floor]: ['-e', '0'],
  'node -e, a line written': ['-e', 'process.stdout.write("0\\n")'],
  version: [main, 'version'],
  'version -o json': [main, 'version', '-o', 'json'],
  help: [main, 'help'],
  'statsd --help': [main, 'statsd', '--help'],
  'reasons not_asked': [main, 'reasons', 'not_asked'],
  'completion bash': [main, 'completion', 'bash'],
};

/** CPU milliseconds of all children that have ended (proc(5): cutime and cstime, in ticks of 10 ms). */
function childTime(): number {
  const fields = readFileSync('/proc/self/stat', 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

interface Cost {
  cpu: number;
  readonly walls: number[];
}

const costs = new Map<string, Cost>(Object.keys(programs).map((name) => [name, { cpu: 0, walls: [] }]));
for (let round = 0; round < rounds; round++) {
  for (const [name, args] of Object.entries(programs)) {
    const cost = costs.get(name)!;
    const [cpu, wall] = [childTime(), performance.now()];
    const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    if (status !== 0) throw new Error(`${name} ended with ${status}`);
    cost.walls.push(performance.now() - wall);
    cost.cpu += childTime() - cpu;
  }
}

const of = (name: string) => ({ cpu: costs.get(name)!.cpu / rounds, wall: Math.min(...costs.get(name)!.walls) });
console.log(
  `${cpus()[0]!.model}, Linux ${release()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}, ${rounds} rounds`,
);
console.table(
  Object.fromEntries(
    Object.keys(programs).map((name) => {
      const [{ cpu, wall }, bare] = [of(name), of(floor)];
      return [
        name,
        {
          'CPU ms': cpu.toFixed(1),
          'to node -e 0': (cpu / bare.cpu).toFixed(2),
          'wall ms': wall.toFixed(1),
          'to node -e 0 ': (wall / bare.wall).toFixed(2),
        },
      ];
    }),
  ),
);
