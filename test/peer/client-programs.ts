import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** One run of every client: its environment, and the beginning of the names of its counters. */
export interface ClientCase {
  readonly name: string;
  /** Variables that no earlier case may leave behind. */
  readonly clear: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** By the name of the counter: the socket that the client chose, or its error; nothing where it sent. */
export type ClientAnswers = Readonly<Record<string, { readonly socket?: string; readonly error?: string }>>;

/** A command that runs the clients of one language. */
export interface ClientProgram {
  readonly language: string;
  readonly command: readonly [string, ...string[]];
}

const folder = join(import.meta.dirname, 'statsd-clients');
const cache = join(import.meta.dirname, '../../node_modules/.cache/statsd-clients');

/** Where the packages of these files are kept, installed once. */
function home(...files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(join(folder, file)));
  return join(cache, hash.digest('hex').slice(0, 16));
}

/** The clients of Python, installed from PyPI into an environment of their own; a problem where that cannot be done. */
export function pythonClients(): ClientProgram | { readonly problem: string } {
  const to = home('requirements.txt');
  const python = join(to, 'bin/python');
  if (!existsSync(join(to, 'installed'))) {
    const steps = [
      ['python3', '-m', 'venv', '--clear', to],
      [
        python,
        '-m',
        'pip',
        'install',
        '--quiet',
        '--disable-pip-version-check',
        '-r',
        join(folder, 'requirements.txt'),
      ],
    ];
    const problem = problemOf(steps);
    if (problem !== undefined) return { problem: `no Python clients: ${problem}` };
    mkdirSync(join(to, 'installed'));
  }
  return { language: 'python', command: [python, join(folder, 'clients.py')] };
}

/** The client of Go, built with the modules of go.sum. */
export function goClients(): ClientProgram | { readonly problem: string } {
  const program = join(home('main.go', 'go.mod', 'go.sum'), 'client');
  if (!existsSync(program)) {
    const problem = problemOf([['go', 'build', '-C', folder, '-trimpath', '-o', program, '.']]);
    if (problem !== undefined) return { problem: `no Go client: ${problem}` };
  }
  return { language: 'go', command: [program] };
}

/** hot-shots is among the packages of the tests. */
export function nodeClients(): ClientProgram {
  return { language: 'node', command: [process.execPath, join(folder, 'hot-shots.mjs')] };
}

function problemOf(steps: readonly (readonly string[])[]): string | undefined {
  for (const [command = '', ...args] of steps) {
    const run: SpawnSyncReturns<string> = spawnSync(command, args, {
      encoding: 'utf8',
      env: { ...process.env, CGO_ENABLED: '0' },
    });
    if (run.status !== 0) return `${command} ${args[0]}: ${run.error?.message ?? run.stderr.trim().slice(-300)}`;
  }
  return undefined;
}

/** Runs every case, and gives what the clients say themselves. Each has sent everything when this is answered. */
export async function runClients(
  { command: [command, ...args] }: ClientProgram,
  cases: readonly ClientCase[],
): Promise<ClientAnswers> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(cases));
  return JSON.parse(await text(child.stdout)) as ClientAnswers;
}
