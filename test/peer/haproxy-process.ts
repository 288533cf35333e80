import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type HaproxySettings, haproxyConfig } from '../../src/haproxy/config.ts';
import { freePort } from '../free-port.ts';

/**
 * A real HAProxy: the program that `HAPROXY` names, else the first on the path that runs; undefined where there is
 * none.
 */
export function findHaproxy(): { readonly program: string; readonly version: string } | undefined {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, 'haproxy'));
  const candidates = process.env['HAPROXY'] === undefined ? [...onPath, '/usr/sbin/haproxy'] : [process.env['HAPROXY']];
  for (const program of candidates) {
    try {
      const [, version] =
        /version (\S+)/.exec(execFileSync(program, ['-v'], { encoding: 'utf8', stdio: 'pipe' })) ?? [];
      if (version !== undefined) return { program, version };
    } catch {
      // Not there, or it does not run here.
    }
  }
  return undefined;
}

export interface RunningHaproxy {
  readonly process: ChildProcess;
  /** Lines of standard output: the access log. */
  readonly lines: string[];
  readonly exited: Promise<number | null>;
  stop(): Promise<void>;
}

/** Starts HAProxy as the pod does; comes back when its listeners are bound. */
export async function runHaproxy(program: string, settings: HaproxySettings): Promise<RunningHaproxy> {
  const directory = mkdtempSync(join(tmpdir(), 'haproxy-'));
  const file = join(directory, 'haproxy.cfg');
  writeFileSync(file, haproxyConfig(settings, { ipv6: false }));
  const child = spawn(program, ['-W', '-db', '-f', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit').then(([code]) => {
    rmSync(directory, { recursive: true });
    return code as number | null;
  });
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('Loading success')) resolve();
    });
    void exited.then((code) => reject(new Error(`HAProxy ended with ${code}: ${said}`)));
  });
  return {
    process: child,
    lines,
    exited,
    async stop() {
      // Again until it is heard: the master loses what reaches it in the moment after the start when it executes itself
      // again.
      const again = setInterval(() => child.kill('SIGTERM'), 250);
      child.kill('SIGTERM');
      await exited;
      clearInterval(again);
    },
  };
}

/** What `haproxy -c` says of a configuration with warnings as errors; empty: nothing. */
export function checkConfig(program: string, config: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'haproxy-'));
  try {
    writeFileSync(join(directory, 'haproxy.cfg'), config);
    execFileSync(program, ['-dW', '-c', '-f', join(directory, 'haproxy.cfg')], { stdio: 'pipe' });
    return '';
  } catch (error) {
    return String((error as { stderr?: Buffer }).stderr ?? error);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** `count` ports of loopback that are free now, all different. */
export function freePorts(count: number): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, freePort));
}
