import type { Logger } from '../../src/runtime/logger.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: object | undefined;
}

/** A log that keeps its lines. */
export function keptLog(): { readonly log: Logger; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (message: string, fields?: object) => {
    lines.push({ level, message, fields });
  };
  return { log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, lines };
}

/** A runtime that does nothing but what it is told. */
export function runtime(parts: Partial<Runtime> & Pick<Runtime, 'kind'>): Runtime {
  return { landing: () => [], stop: async () => {}, ...parts };
}

export interface Deferred {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

export function deferred(): Deferred {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return { promise, resolve, reject };
}
