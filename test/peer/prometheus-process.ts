import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';

/** One series of the answer to an instant query; `histogram` where it is a native one. */
export interface Queried {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [time: number, value: string];
  readonly histogram?: readonly [time: number, { readonly count: string; readonly sum: string }];
}

/** A running Prometheus. */
export interface Prometheus {
  /** Undefined while it does not answer yet. */
  query(expression: string): Promise<readonly Queried[] | undefined>;
  /** What it says of its targets: job, health and last error. */
  targets(): Promise<readonly { readonly job: string; readonly health: string; readonly error: string }[]>;
  stop(): Promise<void>;
}

/** Starts it on a free port of loopback with this configuration and an empty storage. */
export async function startPrometheus(program: string, configuration: object): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, JSON.stringify(configuration));
  const port = await freePort();
  const args = [`--config.file=${file}`, `--storage.tsdb.path=${folder}`, `--web.listen-address=127.0.0.1:${port}`];
  const child = spawn(program, args, { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`).catch(() => undefined);
    return response?.ok ? ((await response.json()) as { data: unknown }).data : undefined;
  };
  return {
    async query(expression) {
      const data = (await ask(`query?query=${encodeURIComponent(expression)}`)) as { result: Queried[] } | undefined;
      return data?.result;
    },
    async targets() {
      const data = (await ask('targets?state=active')) as
        | { activeTargets: { scrapePool: string; health: string; lastError: string }[] }
        | undefined;
      return (data?.activeTargets ?? []).map(({ scrapePool: job, health, lastError: error }) => ({
        job,
        health,
        error,
      }));
    },
    async stop() {
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}
