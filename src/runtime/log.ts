import type { Writable } from 'node:stream';
import { type Level, type Logger, levels } from './logger.ts';

export interface LogOptions {
  readonly level: Level;
  readonly format: 'json' | 'logfmt';
  readonly now: () => number;
  readonly out: Writable;
}

/** A logger that writes one line a message: a JSON object or logfmt, with time, level, message, then the fields. */
export function createLog({ level, format, now, out }: LogOptions): Logger {
  const least = levels.indexOf(level);
  const line = format === 'json' ? jsonLine : logfmtLine;
  const at = (name: Level) => {
    // Decided once: a level that is off costs a call and nothing more.
    if (levels.indexOf(name) < least) return () => {};
    return (message: string, fields: object = {}) => {
      out.write(line({ time: new Date(now()).toISOString(), level: name, message, ...fields }));
    };
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function jsonLine(fields: object): string {
  return `${JSON.stringify(fields)}\n`;
}

function logfmtLine(fields: object): string {
  const pairs = Object.entries(fields).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `${name}=${/^[^\s"=\\]+$/.test(text) ? text : JSON.stringify(text)}`;
  });
  return `${pairs.join(' ')}\n`;
}
