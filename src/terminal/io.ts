import type { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/** What a command may touch of the process around it. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly in: Readable;
  readonly out: Writable;
  readonly err: Writable;
  /** Where SIGTERM and SIGINT are heard. */
  readonly signals: EventEmitter;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds of a clock that nobody sets: only differences mean something. */
  readonly monotonic: () => number;
  /** Bytes of memory that the process may use, as the kernel has been told; 0, or none: it was told nothing. */
  readonly memoryLimit?: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Ends a command: every problem on its own line of standard error, then how to get help. */
export function fail(io: Io, command: string, code: number, problems: readonly string[], help = false): number {
  for (const problem of problems) io.err.write(`metrics-sidecar: ${problem}\n`);
  if (help) io.err.write(`Try "${['metrics-sidecar', command, '--help'].filter(Boolean).join(' ')}".\n`);
  return code;
}
