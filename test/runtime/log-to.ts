import type { Level, LeveledLogger } from '../../src/runtime/logger.ts';

/** A logger of every level that hands its lines to `take`. */
export function logTo(take: (level: Level, message: string, fields: object) => void): LeveledLogger {
  const at =
    (level: Level) =>
    (message: string, fields: object = {}) =>
      take(level, message, fields);
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    isLevelEnabled: () => true,
  };
}
