import type { Writable } from 'node:stream';
import pino, { type Logger } from 'pino';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly out: Writable;
}

/** JSON lines: time, level, message, then the fields. No process id, no host: the pod's name says both. */
export function createLog({ level, now, out }: LogOptions): Logger {
  return pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    out,
  );
}
