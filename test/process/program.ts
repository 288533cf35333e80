import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

export const main = join(import.meta.dirname, '../../dist/main.js');

export interface Program {
  readonly child: ChildProcess;
  /** The next JSON line of the log that has this message. */
  said(message: string): Promise<Record<string, unknown>>;
  /** Everything that came on standard error. */
  errors(): string;
  /** The exit code, when it has ended. */
  readonly exitCode: Promise<number | null>;
  /** Ends by this signal; the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** How the program is run, where it is not by `node main.js` alone. */
export interface Running {
  readonly nodeFlags?: readonly string[];
  /** The command that runs the command. */
  readonly within?: (command: readonly string[]) => readonly [string, ...string[]];
}

/** Starts the built program. Stopped by `await using` at the end of the test at the latest. */
export function start(
  args: readonly string[],
  env: Record<string, string> = {},
  { nodeFlags = [], within = (command) => command as [string, ...string[]] }: Running = {},
): Program & AsyncDisposable {
  const [command, ...rest] = within([process.execPath, ...nodeFlags, main, ...args]);
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const lines: Interface = createInterface({ input: child.stdout! });
  const heard: Record<string, unknown>[] = [];
  const waiting: { message: string; resolve: (fields: Record<string, unknown>) => void }[] = [];
  let errors = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (errors += text));
  lines.on('line', (line) => {
    const fields = JSON.parse(line) as Record<string, unknown>;
    const i = waiting.findIndex(({ message }) => message === fields.message);
    if (i === -1) heard.push(fields);
    else waiting.splice(i, 1)[0]!.resolve(fields);
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const code = exited.then(([number]) => number);
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return code;
  };
  return {
    child,
    errors: () => errors,
    exitCode: code,
    stop,
    said(message) {
      const i = heard.findIndex((fields) => fields.message === message);
      if (i !== -1) return Promise.resolve(heard.splice(i, 1)[0]!);
      const ended = exited.then(() => Promise.reject(new Error(`ended before it said "${message}": ${errors}`)));
      ended.catch(() => {});
      return Promise.race([
        new Promise<Record<string, unknown>>((resolve) => waiting.push({ message, resolve })),
        ended,
      ]);
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) await stop('SIGKILL');
    },
  };
}

/** Runs the program to its end. */
export async function runToEnd(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}
