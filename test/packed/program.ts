import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { inject } from 'vitest';

const { main, node } = inject('packed');

function spawned(args: readonly string[], nodeArgs: readonly string[] = []): ChildProcess {
  return spawn(node, [...nodeArgs, main, ...args], { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: '/usr/bin:/bin' } });
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the packed program to its end. */
export async function run(
  args: readonly string[],
  { input = '', nodeArgs = [] }: { readonly input?: string; readonly nodeArgs?: readonly string[] } = {},
): Promise<Ended> {
  const child = spawned(args, nodeArgs);
  child.stdin!.on('error', () => {}).end(input);
  const [out, err] = [textOf(child.stdout!), textOf(child.stderr!)];
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out: out(), err: err() };
}

/** A daemon until the test ends it; its log tells where it listens. */
export interface Daemon extends AsyncDisposable {
  /** The first log line with this message. */
  readonly said: (message: string) => Promise<Record<string, unknown>>;
  readonly stop: () => Promise<number | null>;
}

export function start(args: readonly string[]): Daemon {
  const child = spawned(args);
  const err = textOf(child.stderr!);
  const heard: Record<string, unknown>[] = [];
  const listeners = new Set<() => void>();
  const exited = once(child, 'exit') as Promise<[number | null]>;
  createInterface({ input: child.stdout! }).on('line', (line) => {
    heard.push(JSON.parse(line) as Record<string, unknown>);
    for (const listener of listeners) listener();
  });
  return {
    said: (message) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = heard.find((fields) => fields['message'] === message);
          if (found !== undefined) resolve(found);
        };
        listeners.add(look);
        look();
        exited.then(() => reject(new Error(`ended before it said "${message}": ${err()} ${JSON.stringify(heard)}`)));
      }),
    stop: async () => {
      child.kill('SIGTERM');
      return (await exited)[0];
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    },
  };
}

function textOf(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
