import type { Writable } from 'node:stream';
import pino, { type Logger } from 'pino';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly out: Writable;
}

export interface Log {
  readonly log: Logger;
  /** Hands on what is still held; to be called before the process ends. */
  readonly flush: () => void;
}

/** Held at most this long: a write for each line costs a busy webhook as much as reading the review. */
const holdMilliseconds = 20;
const holdBytes = 16_384;

/** JSON lines: time, level, message, then the fields. No process id, no host: the pod's name says both. */
export function createLog({ level, now, out }: LogOptions): Log {
  const { write, flush } = inBatches(out);
  const log = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: timestamps(now),
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
  return { log, flush };
}

/** Many lines, one write. What is worth a warning goes out with its turn like the rest: the order of lines stays. */
function inBatches(out: Writable): { write(line: string): void; flush(): void } {
  let held = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (held === '') return;
    const lines = held;
    held = '';
    out.write(lines);
  };
  return {
    write(line) {
      held += line;
      if (held.length >= holdBytes) flush();
      else timer ??= setTimeout(flush, holdMilliseconds);
    },
    flush,
  };
}

/** Time stamps for pino; those of one millisecond are made once. */
function timestamps(now: () => number): () => string {
  let at = Number.NaN;
  let text = '';
  return () => {
    const milliseconds = now();
    if (milliseconds !== at) {
      at = milliseconds;
      text = `,"time":"${new Date(milliseconds).toISOString()}"`;
    }
    return text;
  };
}
