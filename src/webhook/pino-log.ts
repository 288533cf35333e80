import type { Writable } from 'node:stream';
import pino from 'pino';
import type { Level, LeveledLogger } from '../runtime/logger.ts';

export interface LogOptions {
  readonly level: Level;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly out: Writable;
}

export interface PinoLog {
  readonly log: LeveledLogger;
  /** Writes the lines that are still held; to be called before the process ends. */
  readonly flush: () => void;
}

/** Lines are held at most this long: a write for each line costs a busy webhook as much as reading the review. */
const holdMs = 20;
const holdBytes = 16_384;

/** JSON lines: time, level, message, then the fields. No process id, no host: the pod's name tells both. */
export function createPinoLog({ level, now, out }: LogOptions): PinoLog {
  const { write, flush } = inBatches(out);
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: timestamps(now),
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
  const at = (name: Level) => (message: string, fields?: object) => {
    if (fields === undefined) logger[name](message);
    else logger[name](fields, message);
  };
  return {
    log: {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      isLevelEnabled: (name) => logger.isLevelEnabled(name),
    },
    flush,
  };
}

/** Many lines, one write. A warning waits for the lines before it, so that the order of lines stays. */
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
      else timer ??= setTimeout(flush, holdMs);
    },
    flush,
  };
}

/** Time stamps as pino takes them; the text of one millisecond is made once. */
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
