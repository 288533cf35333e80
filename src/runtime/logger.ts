export const levels = ['debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof levels)[number];

/** Takes log lines: one line a message, fields beside the message. */
export interface Logger {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

/** A logger that can be asked first, for lines that cost much to put together. */
export interface LeveledLogger extends Logger {
  isLevelEnabled(level: Level): boolean;
}

/** A logger whose lines all begin with these fields. */
export function withFields(log: Logger, common: object): Logger {
  return {
    debug: (message, fields) => log.debug(message, { ...common, ...fields }),
    info: (message, fields) => log.info(message, { ...common, ...fields }),
    warn: (message, fields) => log.warn(message, { ...common, ...fields }),
    error: (message, fields) => log.error(message, { ...common, ...fields }),
  };
}
