import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe } from 'vitest';

/** Where the kernel keeps memory cgroups: a tree of their own in version 1, the one tree in version 2. */
const version1 = '/sys/fs/cgroup/memory';
const root = existsSync(version1) ? version1 : '/sys/fs/cgroup';
const files =
  root === version1
    ? { limit: 'memory.limit_in_bytes', peak: 'memory.max_usage_in_bytes', kills: 'memory.oom_control' }
    : { limit: 'memory.max', peak: 'memory.peak', kills: 'memory.events' };

/** A memory cgroup: what runs in it is killed by the kernel where it needs more, as a container is. */
export interface MemoryGroup {
  /** The command that runs `command` in the group. */
  enter(command: readonly string[]): readonly [string, ...string[]];
  /** How many processes the kernel killed in it. */
  kills(): number;
  /** The most bytes that it ever held, page cache included; 0 where the kernel does not say. */
  peak(): number;
  /** Waits for its processes, which have to be ended before. */
  remove(): Promise<void>;
}

let made = 0;

/** Makes a memory cgroup of so many bytes, without swap. */
export function makeMemoryGroup(bytes: number): MemoryGroup {
  const path = join(root, `metrics-sidecar-test-${process.pid}-${++made}`);
  mkdirSync(path);
  writeFileSync(join(path, files.limit), String(bytes));
  const swap = join(path, 'memory.swap.max');
  if (existsSync(swap)) writeFileSync(swap, '0');
  const read = (file: string) => (existsSync(join(path, file)) ? readFileSync(join(path, file), 'utf8') : '');
  return {
    enter: (command) => ['/bin/sh', '-c', `echo $$ >${path}/cgroup.procs && exec "$@"`, 'sh', ...command],
    kills: () => Number(/^oom_kill (\d+)/m.exec(read(files.kills))?.[1] ?? 0),
    peak: () => Number(read(files.peak)),
    async remove() {
      // The kernel lets go of an ended process some milliseconds after its parent heard of the end.
      for (let tries = 0; tries < 100; tries++) {
        try {
          return rmdirSync(path);
        } catch {
          await wait(50);
        }
      }
      throw new Error(`${path}: still in use`);
    },
  };
}

/** Why there are no memory cgroups here; undefined where there are. */
function whyNone(): string | undefined {
  if (process.platform !== 'linux') return 'no Linux';
  try {
    accessSync(root, constants.W_OK);
  } catch {
    return `${root} cannot be written: not root, or no cgroups`;
  }
  try {
    const group = makeMemoryGroup(2 ** 30);
    void group.remove();
    return undefined;
  } catch (error) {
    return `no memory cgroup can be made: ${(error as Error).message}`;
  }
}

const missing = whyNone();

/**
 * A `describe` of tests that need memory cgroups: without them it skips and says why; in CI they may not be missing.
 */
export function describeLimited(name: string, tests: () => void): void {
  if (missing === undefined) describe(name, tests);
  else if (process.env.CI === 'true') throw new Error(`${name}: ${missing}`);
  else describe.skip(`${name} (${missing})`, tests);
}
