import type { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/** The parts of the process that a command may use. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly in: Readable;
  readonly out: Writable;
  readonly err: Writable;
  /** The emitter of SIGTERM and SIGINT. */
  readonly signals: EventEmitter;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds of a monotonic clock: only differences mean something. */
  readonly monotonic: () => number;
  /** The memory limit of the process's cgroup in bytes; 0 or absent: there is none. */
  readonly memoryLimit?: () => number;
  /** A random number from 0 to 1. */
  readonly random: () => number;
}

/** Ends a command: prints each problem on a line of standard error, then the command for help. */
export function fail(io: Io, command: string, code: number, problems: readonly string[], help = false): number {
  for (const problem of problems) io.err.write(`metrics-sidecar: ${problem}\n`);
  if (help) io.err.write(`Try "${['metrics-sidecar', command, '--help'].filter(Boolean).join(' ')}".\n`);
  return code;
}
